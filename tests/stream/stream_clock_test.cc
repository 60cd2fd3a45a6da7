#include "stream/stream_clock.h"

#include "tests/base/manual_clock.h"

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>

namespace layercast::stream {
namespace {

using base::Duration;
using base::FrameRate;
using base::ManualClock;
using namespace std::chrono_literals;

constexpr Duration kTick{1};

class EveryRate : public ::testing::TestWithParam<FrameRate> {};

TEST_P(EveryRate, FramesFallDueWithoutDrift) {
  ManualClock host;
  StreamClock clock(&host);
  clock.set_rate(GetParam());
  clock.set_epoch(host.wall_now());
  EXPECT_EQ(clock.due(0), host.now());
  // A day of frames, and a year of them: the same exact rule.
  for (const int64_t index : {1LL, 2LL, 1001LL, 24LL * 3600 * 60, 365LL * 24 * 3600 * 60}) {
    EXPECT_EQ(clock.due(index), host.now() + GetParam().time_of(index).floor()) << index;
    EXPECT_EQ(clock.time_of(index), GetParam().time_of(index).floor());
  }
}

TEST_P(EveryRate, TheNextFrameIsTheFirstThatHasNotBegun) {
  ManualClock host;
  StreamClock clock(&host);
  clock.set_rate(GetParam());
  clock.set_epoch(host.wall_now() - 30h);
  for (const int64_t index : {0LL, 1LL, 77LL, 1'000'000LL}) {
    const auto due = clock.due(index);
    EXPECT_EQ(clock.first_index_from(due), index);
    EXPECT_EQ(clock.first_index_from(due + kTick), index + 1);
    EXPECT_EQ(clock.first_index_from(due - kTick), index);
  }
}

TEST_P(EveryRate, TheTimeOfTheNextFrameFollowsTheHost) {
  ManualClock host;
  StreamClock clock(&host);
  clock.set_rate(GetParam());
  clock.set_epoch(host.wall_now());
  for (const int64_t index : {0LL, 1LL, 2LL, 600LL}) {
    host.advance_to(clock.due(index));
    EXPECT_EQ(clock.next_frame_time(), clock.time_of(index));
    host.advance(kTick);
    EXPECT_EQ(clock.next_frame_time(), clock.time_of(index + 1));
  }
}

INSTANTIATE_TEST_SUITE_P(Rates, EveryRate,
                         ::testing::Values(FrameRate{24, 1}, FrameRate{25, 1}, FrameRate{30, 1},
                                           FrameRate{50, 1}, FrameRate{60, 1},
                                           FrameRate{24000, 1001}, FrameRate{30000, 1001},
                                           FrameRate{60000, 1001}));

TEST(StreamClock, StandsAtZeroBeforeItHasAnEpoch) {
  ManualClock host;
  const StreamClock clock(&host);
  host.advance(1h);
  EXPECT_EQ(clock.now(), Duration::zero());
  EXPECT_EQ(clock.next_frame_time(), Duration::zero());
}

TEST(StreamClock, FollowsTheClockOfTheMachineByDefault) {
  EXPECT_EQ(&StreamClock().host(), &base::Clock::steady());
  ManualClock host;
  EXPECT_EQ(&StreamClock(&host).host(), &host);
}

TEST(StreamClock, GoesOnFromAnEpochInThePast) {
  ManualClock host;
  StreamClock clock(&host);
  clock.set_rate({60, 1});
  clock.set_epoch(host.wall_now() - 2h);
  EXPECT_EQ(clock.now(), 2h);
  EXPECT_EQ(clock.next_frame_time(), 2h);
  host.advance(90min);
  EXPECT_EQ(clock.now(), 3h + 30min);
}

TEST(StreamClock, AnEpochToComeCountsAsNow) {
  ManualClock host;
  StreamClock clock(&host);
  clock.set_epoch(host.wall_now() + 1h);
  EXPECT_EQ(clock.now(), Duration::zero());
  host.advance(3s);
  EXPECT_EQ(clock.now(), 3s);
}

TEST(StreamClock, AdjustingTheWallClockMovesNoFrame) {
  ManualClock host;
  StreamClock clock(&host);
  clock.set_epoch(host.wall_now() - 10s);
  const auto due = clock.due(1000);
  host.set_wall_now(host.wall_now() + 1h);
  EXPECT_EQ(clock.now(), 10s);
  EXPECT_EQ(clock.due(1000), due);
  // A new epoch is read by the adjusted clock.
  clock.set_epoch(host.wall_now() - 20s);
  EXPECT_EQ(clock.now(), 20s);
}

TEST(StreamClock, KeepsItsTimeWhenTheRateChanges) {
  ManualClock host;
  StreamClock clock(&host);
  clock.set_rate({60, 1});
  clock.set_epoch(host.wall_now() - 100s);
  clock.set_rate({24, 1});
  EXPECT_EQ(clock.now(), 100s);
  EXPECT_EQ(clock.due(2400), host.now());
  EXPECT_EQ(clock.first_index_from(host.now()), 2400);
}

}  // namespace
}  // namespace layercast::stream
