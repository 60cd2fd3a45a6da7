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
  auto seen = std::async(std::launch::async, [&] { return tap.next(0, std::chrono::seconds(20)); });
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
  EXPECT_GT(seen.get()->number, 5);
}

// As when the frame rate of a running stream is lowered.
TEST(FrameTap, GivesTheNextFrameEvenIfItsIndexIsLower) {
  base::ManualClock clock;
  FrameTap tap(&clock);
  const auto frame = new_frame();
  const auto next_after = [&](int64_t number) {
    return std::async(std::launch::async,
                      [&tap, number] { return tap.next(number, std::chrono::seconds(5)); });
  };
  auto first = next_after(0);
  ASSERT_TRUE(clock.await_waiters(1));
  tap.offer(frame, 6000);
  const auto seen = first.get();
  ASSERT_TRUE(seen);
  auto second = next_after(seen->number);
  ASSERT_TRUE(clock.await_waiters(1));
  tap.offer(frame, 2500);
  const auto later = second.get();
  ASSERT_TRUE(later);
  EXPECT_EQ(later->index, 2500);
  EXPECT_GT(later->number, seen->number);
}

TEST(FrameTap, GivesUpWhenNoFrameComes) {
  base::ManualClock clock;
  FrameTap tap(&clock);
  const auto end = clock.now() + std::chrono::seconds(5);
  auto seen = std::async(std::launch::async, [&] { return tap.next(1, std::chrono::seconds(5)); });
  ASSERT_TRUE(clock.await_waiter(end));
  tap.offer(new_frame(), 5);  // number 1, which was seen
  clock.advance_to(end - base::Duration(1));
  ASSERT_TRUE(clock.await_waiter(end));
  clock.advance_to(end);
  EXPECT_FALSE(seen.get());
}

TEST(FrameTap, GivesTheNextFrameToEveryThreadThatWaits) {
  base::ManualClock clock;
  FrameTap tap(&clock);
  const auto next = [&] { return tap.next(0, std::chrono::seconds(5)); };
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
