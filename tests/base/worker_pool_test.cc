#include "base/worker_pool.h"

#include <array>
#include <atomic>
#include <barrier>
#include <cstddef>
#include <gtest/gtest.h>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

namespace layercast::base {
namespace {

TEST(WorkerPool, DoesEveryPieceOnceForAnyNumberOfThreadsAndPieces) {
  for (const int threads : {1, 2, 3, 8}) {
    WorkerPool pool(threads);
    for (const int count : {0, 1, 2, 7, 100}) {
      std::vector<std::atomic<int>> times(static_cast<size_t>(count) + 1);
      pool.run(count, [&](int piece, int) { ++times.at(static_cast<size_t>(piece)); });
      for (int piece = 0; piece < count; ++piece) {
        EXPECT_EQ(times.at(static_cast<size_t>(piece)), 1) << piece;
      }
      EXPECT_EQ(times.back(), 0);
    }
  }
}

TEST(WorkerPool, HasDoneEveryPieceWhenItReturnsAndTheCallerSeesTheResults) {
  WorkerPool pool(4);
  std::vector<int> results(64);  // not atomic: run() itself must order the threads
  for (int round = 1; round <= 3000; ++round) {
    pool.run(64, [&](int piece, int) { results[static_cast<size_t>(piece)] = piece * round; });
    const int sum = std::accumulate(results.begin(), results.end(), 0);
    ASSERT_EQ(sum, 63 * 64 / 2 * round);
  }
}

TEST(WorkerPool, WorksOnAllItsThreadsAtOnce) {
  for (const int threads : {1, 2, 5}) {
    WorkerPool pool(threads);
    EXPECT_EQ(pool.threads(), threads);
    // Each piece waits for all the others, so this ends only if every thread has one.
    std::barrier everyone(threads);
    pool.run(threads, [&](int, int) { everyone.arrive_and_wait(); });
  }
}

TEST(WorkerPool, TheCallerIsOneOfItsThreads) {
  WorkerPool alone(1);
  std::set<std::thread::id> threads;
  alone.run(5, [&](int, int) { threads.insert(std::this_thread::get_id()); });
  EXPECT_EQ(threads, std::set{std::this_thread::get_id()});

  WorkerPool pair(2);
  std::barrier both(2);
  std::array<std::thread::id, 2> workers;
  pair.run(2, [&](int piece, int) {
    workers.at(static_cast<size_t>(piece)) = std::this_thread::get_id();
    both.arrive_and_wait();
  });
  EXPECT_NE(workers[0], workers[1]);
  EXPECT_TRUE(workers[0] == std::this_thread::get_id() || workers[1] == std::this_thread::get_id());
}

TEST(WorkerPool, EndsWithoutEverHavingWorked) {
  for (int i = 0; i < 50; ++i) const WorkerPool pool(3);
}

TEST(WorkerPoolDeathTest, NeedsAThread) { EXPECT_DEATH(WorkerPool(0), "threads >= 1"); }

}  // namespace
}  // namespace layercast::base
