#include "stream/stream_clock.h"

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>

namespace layercast::stream {
namespace {

using base::Duration;
using base::FrameRate;
using std::chrono::steady_clock;

scene::WallTime wall_now() {
  return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

class EveryRate : public ::testing::TestWithParam<FrameRate> {};

TEST_P(EveryRate, FramesFallDueWithoutDrift) {
  StreamClock clock;
  clock.set_rate(GetParam());
  clock.set_epoch(wall_now());
  const auto zero = clock.due(0);
  // A day of frames, and a year of them: the same exact rule.
  for (const int64_t index : {1LL, 2LL, 1001LL, 24LL * 3600 * 60, 365LL * 24 * 3600 * 60}) {
    EXPECT_EQ(clock.due(index) - zero, GetParam().time_of(index).floor()) << index;
    EXPECT_EQ(clock.time_of(index), GetParam().time_of(index).floor());
  }
}

TEST_P(EveryRate, TheNextFrameIsTheFirstThatHasNotBegun) {
  StreamClock clock;
  clock.set_rate(GetParam());
  clock.set_epoch(wall_now() - std::chrono::hours(30));
  for (const int64_t index : {0LL, 1LL, 77LL, 1'000'000LL}) {
    const auto due = clock.due(index);
    EXPECT_EQ(clock.first_index_from(due), index);
    EXPECT_EQ(clock.first_index_from(due + std::chrono::nanoseconds(1)), index + 1);
    EXPECT_EQ(clock.first_index_from(due - std::chrono::nanoseconds(1)), index);
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, EveryRate,
                         ::testing::Values(FrameRate{24, 1}, FrameRate{25, 1}, FrameRate{30, 1},
                                           FrameRate{50, 1}, FrameRate{60, 1},
                                           FrameRate{24000, 1001}, FrameRate{30000, 1001},
                                           FrameRate{60000, 1001}));

TEST(StreamClock, StandsAtZeroBeforeItHasAnEpoch) {
  const StreamClock clock;
  EXPECT_EQ(clock.now(), Duration::zero());
  EXPECT_EQ(clock.next_frame_time(), Duration::zero());
}

TEST(StreamClock, GoesOnFromAnEpochInThePast) {
  StreamClock clock;
  clock.set_rate({60, 1});
  clock.set_epoch(wall_now() - std::chrono::hours(2));
  EXPECT_GE(clock.now(), std::chrono::hours(2));
  EXPECT_LT(clock.now(), std::chrono::hours(2) + std::chrono::seconds(10));
  EXPECT_GE(clock.next_frame_time(), std::chrono::hours(2));
}

TEST(StreamClock, AnEpochToComeCountsAsNow) {
  StreamClock clock;
  clock.set_epoch(wall_now() + std::chrono::hours(1));
  EXPECT_LT(clock.now(), std::chrono::seconds(10));
}

TEST(StreamClock, KeepsItsTimeWhenTheRateChanges) {
  StreamClock clock;
  clock.set_rate({60, 1});
  clock.set_epoch(wall_now() - std::chrono::seconds(100));
  const Duration before = clock.now();
  clock.set_rate({24, 1});
  EXPECT_GE(clock.now(), before);
  EXPECT_LT(clock.now() - before, std::chrono::seconds(1));
  EXPECT_EQ(clock.first_index_from(clock.due(2400)), 2400);
}

}  // namespace
}  // namespace layercast::stream
