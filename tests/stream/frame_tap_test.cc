#include "stream/frame_tap.h"

#include "tests/base/manual_clock.h"

#include <chrono>
#include <future>
#include <gtest/gtest.h>
#include <memory>

namespace layercast::stream {
namespace {

frame::FramePtr new_frame() {
  return std::make_shared<frame::Frame>(frame::PixelFormat::kYuv420p, base::SizeI{16, 16});
}

// Offers frames until somebody has taken one.
template <class T>
void offer_until(FrameTap& tap, const frame::FramePtr& frame, std::future<T>& taken) {
  int64_t index = 0;
  while (taken.wait_for(std::chrono::milliseconds(1)) != std::future_status::ready) {
    tap.offer(frame, ++index);
  }
}

TEST(FrameTap, HoldsNoFrameWhileNobodyLooks) {
  FrameTap tap;
  const auto frame = new_frame();
  for (int64_t i = 0; i < 100; ++i) tap.offer(frame, i);
  EXPECT_EQ(frame.use_count(), 1);
}

TEST(FrameTap, GivesAFrameThatGoesByAndLetsGoOfItAfterwards) {
  FrameTap tap;
  const auto frame = new_frame();
  auto seen =
      std::async(std::launch::async, [&] { return tap.next(-1, std::chrono::seconds(20)); });
  offer_until(tap, frame, seen);
  auto taken = seen.get();
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->frame, frame);
  taken.reset();
  EXPECT_EQ(frame.use_count(), 1);
}

TEST(FrameTap, WaitsForAFrameAfterTheOneThatWasSeen) {
  FrameTap tap;
  const auto frame = new_frame();
  auto seen = std::async(std::launch::async, [&] { return tap.next(5, std::chrono::seconds(20)); });
  offer_until(tap, frame, seen);
  EXPECT_GT(seen.get()->index, 5);
}

TEST(FrameTap, GivesUpWhenNoFrameComes) {
  base::ManualClock clock;
  FrameTap tap(&clock);
  const auto end = clock.now() + std::chrono::seconds(5);
  auto seen = std::async(std::launch::async, [&] { return tap.next(5, std::chrono::seconds(5)); });
  ASSERT_TRUE(clock.await_waiter(end));
  tap.offer(new_frame(), 5);  // not after the one that was seen
  clock.advance_to(end - base::Duration(1));
  ASSERT_TRUE(clock.await_waiter(end));
  clock.advance_to(end);
  EXPECT_FALSE(seen.get());
}

TEST(FrameTap, GivesTheNextFrameToEveryThreadThatWaits) {
  base::ManualClock clock;
  FrameTap tap(&clock);
  const auto next = [&] { return tap.next(5, std::chrono::seconds(5)); };
  auto first = std::async(std::launch::async, next);
  auto second = std::async(std::launch::async, next);
  ASSERT_TRUE(clock.await_waiters(2));
  const auto frame = new_frame();
  tap.offer(frame, 6);
  EXPECT_EQ(first.get()->frame, frame);
  EXPECT_EQ(second.get()->index, 6);
  EXPECT_EQ(frame.use_count(), 1);
}

}  // namespace
}  // namespace layercast::stream
