#include "base/bounded_queue.h"

#include <atomic>
#include <cstddef>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::base {
namespace {

TEST(BoundedQueue, GivesItemsInTheOrderTheyCame) {
  BoundedQueue<int> queue(3);
  EXPECT_TRUE(queue.push(1));
  EXPECT_TRUE(queue.push(2));
  EXPECT_TRUE(queue.push(3));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_TRUE(queue.push(4));
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), 3);
  EXPECT_EQ(queue.pop(), 4);
}

TEST(BoundedQueue, NeverHoldsMoreThanItsCapacity) {
  for (const size_t capacity : {size_t{1}, size_t{2}, size_t{5}}) {
    BoundedQueue<int> queue(capacity);
    std::atomic<int> pushed{0};
    std::thread writer([&] {
      for (int i = 0; i < 2000; ++i) {
        queue.push(i);
        ++pushed;
      }
    });
    for (int popped = 0; popped < 2000; ++popped) {
      // Whatever was pushed and not popped is in the queue.
      ASSERT_LE(pushed.load(), popped + static_cast<int>(capacity));
      ASSERT_EQ(queue.pop(), popped);
    }
    writer.join();
  }
}

TEST(BoundedQueue, FullOneMakesItsWriterWaitForAReader) {
  BoundedQueue<int> queue(1);
  ASSERT_TRUE(queue.push(1));
  std::thread writer([&] { EXPECT_TRUE(queue.push(2)); });
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  writer.join();
}

TEST(BoundedQueue, WhatIsInStillComesOutAfterClosing) {
  BoundedQueue<int> queue(3);
  queue.push(1);
  queue.push(2);
  queue.close();
  EXPECT_FALSE(queue.push(3));
  EXPECT_EQ(queue.pop(), 1);
  EXPECT_EQ(queue.pop(), 2);
  EXPECT_EQ(queue.pop(), std::nullopt);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, ClosingWakesEveryWaitingReader) {
  BoundedQueue<int> queue(2);
  std::vector<std::thread> readers;
  readers.reserve(4);
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] { EXPECT_EQ(queue.pop(), std::nullopt); });
  }
  queue.close();
  for (auto& reader : readers) reader.join();
}

TEST(BoundedQueue, ClosingWakesEveryWaitingWriterAndDropsItsItem) {
  BoundedQueue<int> queue(1);
  ASSERT_TRUE(queue.push(0));
  std::vector<std::thread> writers;
  writers.reserve(4);
  for (int i = 1; i <= 4; ++i) {
    writers.emplace_back([&queue, i] { EXPECT_FALSE(queue.push(i)); });
  }
  queue.close();
  for (auto& writer : writers) writer.join();
  EXPECT_EQ(queue.pop(), 0);
  EXPECT_EQ(queue.pop(), std::nullopt);
}

TEST(BoundedQueue, HandsOverWhatCannotBeCopied) {
  BoundedQueue<std::unique_ptr<int>> queue(1);
  queue.push(std::make_unique<int>(7));
  const auto item = queue.pop();
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ(**item, 7);
}

TEST(BoundedQueue, GivesEachItemToOneOfManyReaders) {
  constexpr int kWriters = 3;
  constexpr int kReaders = 3;
  constexpr int kItems = 2000;  // of each writer
  BoundedQueue<int> queue(4);
  std::vector<std::atomic<int>> seen(kWriters * kItems);
  std::vector<std::thread> writers;
  std::vector<std::thread> readers;
  writers.reserve(kWriters);
  readers.reserve(kReaders);
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&queue, w] {
      for (int i = 0; i < kItems; ++i) queue.push(w * kItems + i);
    });
  }
  for (int r = 0; r < kReaders; ++r) {
    readers.emplace_back([&] {
      while (const auto item = queue.pop()) ++seen.at(static_cast<size_t>(*item));
    });
  }
  for (auto& writer : writers) writer.join();
  queue.close();
  for (auto& reader : readers) reader.join();
  for (const auto& times : seen) ASSERT_EQ(times, 1);
}

TEST(BoundedQueueDeathTest, WithoutCapacityIsABug) {
  EXPECT_DEATH(BoundedQueue<int>(0), "bug: .*bounded_queue.h");
}

}  // namespace
}  // namespace layercast::base
