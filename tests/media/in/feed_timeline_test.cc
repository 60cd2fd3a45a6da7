#include "media/in/feed_timeline.h"

#include <chrono>
#include <gtest/gtest.h>

namespace layercast::media {
namespace {

using base::Duration;
using base::FrameRate;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr TimeBase kThirtieths{1, 30};
constexpr TimeBase kNtsc{1001, 30000};
constexpr TimeBase kMillis{1, 1000};
constexpr FeedPlace at(int64_t round, int64_t tick) { return {round, tick}; }

TEST(FeedTimeline, ATimeLiesInTheTickThatHoldsIt) {
  const FeedTimeline timeline(kThirtieths, {});
  EXPECT_EQ(timeline.place_of({0, 1}), at(0, 0));
  EXPECT_EQ(timeline.place_of({1, 30}), at(0, 1));
  EXPECT_EQ(timeline.place_of({99, 30 * 100}), at(0, 0));  // just before
  EXPECT_EQ(timeline.place_of({101, 30 * 100}), at(0, 1));
  EXPECT_EQ(timeline.place_of({-5, 1}), at(0, 0));
}

TEST(FeedTimeline, FramesOfTheSameRateNeverDriftApart) {
  const FrameRate rate{30000, 1001};
  const FeedTimeline timeline(kNtsc, {});
  for (int64_t frame = 0; frame < 3'000'000'000; frame = frame * 7 / 3 + 1) {
    EXPECT_EQ(timeline.place_of(rate.time_of(frame)), at(0, frame));
  }
}

TEST(FeedTimeline, ALayerMayBeginAtAnyFrame) {
  for (const FrameRate rate : {FrameRate{60, 1}, FrameRate{30000, 1001}, FrameRate{60000, 1001}}) {
    const FeedTimeline timeline({rate.denominator, rate.numerator}, {});
    for (int64_t first = 0; first < 1000; ++first) {
      const Duration start = rate.time_of(first).floor();
      for (int64_t frame = 0; frame < 5; ++frame) {
        ASSERT_EQ(timeline.place_of(rate.time_of(first + frame).since(start)), at(0, frame))
            << rate.to_string() << ", frame " << frame << " from " << first;
      }
    }
  }
}

TEST(FeedTimeline, StartIsAddedExactly) {
  const FeedTimeline timeline(kThirtieths, {milliseconds(50), std::nullopt, false});
  EXPECT_EQ(timeline.first_tick(), 1);  // from 33⅓ ms to 66⅔
  EXPECT_EQ(timeline.place_of({0, 1}), at(0, 1));
  EXPECT_EQ(timeline.place_of({1, 60}), at(0, 2));  // 50 + 16⅔ ms
  EXPECT_EQ(timeline.place_of({999, 60000}), at(0, 1));
}

TEST(FeedTimeline, EndShutsOutWhatBeginsAtIt) {
  const FeedTimeline timeline(kThirtieths, {Duration{}, seconds(1), false});
  EXPECT_EQ(timeline.end_tick(), 30);
  EXPECT_EQ(timeline.place_of({1, 1}), at(0, 29));
  EXPECT_EQ(timeline.place_of({1000, 1}), at(0, 29));
  const FeedTimeline between(kThirtieths, {Duration{}, milliseconds(1001), false});
  EXPECT_EQ(between.end_tick(), 31);
  EXPECT_EQ(between.place_of({5, 1}), at(0, 30));
}

TEST(FeedTimeline, PassesAreLaidEndToEnd) {
  const FeedTimeline timeline(kMillis, {milliseconds(250), milliseconds(1000), true});
  EXPECT_TRUE(timeline.knows_length());
  EXPECT_EQ(timeline.place_of({0, 1}), at(0, 250));
  EXPECT_EQ(timeline.place_of({749, 1000}), at(0, 999));
  EXPECT_EQ(timeline.place_of({750, 1000}), at(1, 250));
  EXPECT_EQ(timeline.place_of({7500, 1000}), at(10, 250));
  EXPECT_EQ(timeline.place_of({7501, 1000}), at(10, 251));
}

TEST(FeedTimeline, AFilesOwnLengthMayHaveNoDecimalForm) {
  FeedTimeline timeline(kNtsc, {Duration{}, std::nullopt, true});
  EXPECT_FALSE(timeline.knows_length());
  EXPECT_EQ(timeline.place_of({10, 1}), at(0, 299));
  EXPECT_TRUE(timeline.set_file_end(90));
  const FrameRate rate{30000, 1001};
  for (const int64_t frame : {int64_t{0}, int64_t{89}, int64_t{90}, int64_t{2'589'408'003}}) {
    EXPECT_EQ(timeline.place_of(rate.time_of(frame)), at(frame / 90, frame % 90)) << frame;
  }
}

TEST(FeedTimeline, AFileMustEndAfterTheStart) {
  FeedTimeline timeline(kThirtieths, {seconds(2), std::nullopt, true});
  EXPECT_FALSE(timeline.set_file_end(60));
  EXPECT_TRUE(timeline.set_file_end(61));
  EXPECT_EQ(timeline.place_of({1, 29}), at(1, 60));
}

TEST(FeedTimeline, HoldsTheLongestTimesThatCanBeAsked) {
  const Duration century = std::chrono::hours(24 * 36500);
  const int64_t most = std::numeric_limits<int32_t>::max();
  const FeedTimeline timeline({1, most}, {century, std::nullopt, false});
  const int64_t seconds_of = 24LL * 36500 * 3600;
  EXPECT_EQ(timeline.first_tick(), FeedTimeline::kNoTick / 2);  // no file has so many
  const FeedTimeline slow({most, 1}, {century, century + Duration{1}, true});
  EXPECT_EQ(slow.place_of({seconds_of * most, most}).tick, seconds_of / most);
}

TEST(FeedTimeline, DistancesGoAcrossPasses) {
  const FeedTimeline timeline(kMillis, {Duration{}, seconds(10), true});
  EXPECT_EQ(timeline.seconds_between(at(0, 9000), at(1, 1999)), 2);
  EXPECT_EQ(timeline.seconds_between(at(0, 0), at(3, 500)), 30);
  EXPECT_EQ(timeline.seconds_between(at(1, 0), at(0, 500)), -9);
}

/// --- The rate ---

TEST(PlaybackRate, IsTheFractionThatAUserMeans) {
  const auto is = [](double rate, int64_t numerator, int64_t denominator) {
    const PlaybackRate found = playback_rate(rate);
    return found.numerator == numerator && found.denominator == denominator;
  };
  EXPECT_TRUE(is(1, 1, 1));
  EXPECT_TRUE(is(0.0625, 1, 16));
  EXPECT_TRUE(is(16, 16, 1));
  EXPECT_TRUE(is(1.1, 11, 10));
  EXPECT_TRUE(is(0.333333333333, 1, 3));
  EXPECT_TRUE(is(1.25, 5, 4));
  const PlaybackRate odd = playback_rate(2.718281828);
  EXPECT_LE(odd.denominator, 10'000);
  EXPECT_NEAR(static_cast<double>(odd.numerator) / static_cast<double>(odd.denominator),
              2.718281828, 1e-7);
}

TEST(FeedTimeline, TheRateIsExactHoweverLongItPlays) {
  const FeedTimeline timeline(kNtsc, {.rate = playback_rate(1.1)});
  const FrameRate rate{60, 1};
  for (int64_t frame = 0; frame < 100'000'000'000; frame = frame * 7 / 3 + 1) {
    // frame / 60 × 11 / 10 seconds, in ticks of 1001 / 30000: × 50 / 91.
    const auto expected = frame / 91 * 50 + frame % 91 * 50 / 91;
    ASSERT_EQ(timeline.place_of(rate.time_of(frame)), at(0, expected)) << frame;
  }
}

TEST(FeedTimeline, ALoopIsPassedAtTheRate) {
  const FeedTimeline timeline(kMillis,
                              {milliseconds(100), milliseconds(600), true, playback_rate(0.25)});
  for (int64_t ms = 0; ms < 10'000; ms += 13) {
    ASSERT_EQ(timeline.place_of({ms, 1000}), at(ms / 2000, 100 + ms % 2000 / 4)) << ms;
  }
}

TEST(FeedTimeline, FinerThanItCanCountIsTheLastPlace) {
  const FeedTimeline timeline({1, 2'000'000'000}, {.rate = {7777, 10'000}});
  const FeedPlace last = timeline.place_of({int64_t{1} << 62, 1});
  EXPECT_GE(last, timeline.place_of({int64_t{1} << 20, 1}));
}

TEST(FeedTimeline, WhatAFileSaysOfItsLengthIsNeverTooLong) {
  const TimeBase fine{1, std::numeric_limits<int32_t>::max()};
  const FrameRate rate{60000, 1001};
  FeedTimeline loop(fine, {.loop = true, .rate = {7777, 10'000}});
  ASSERT_TRUE(loop.set_file_end(FeedTimeline::kNoTick / 2));
  EXPECT_EQ(loop.place_of(rate.time_of(60)).round, 0);
  const Duration century = std::chrono::hours(24 * 36500);
  const FeedTimeline late(fine, {.start = century, .rate = {7777, 10'000}});
  EXPECT_EQ(late.place_of({1, 1'000'000'000}).tick, FeedTimeline::kNoTick - 1);
}

}  // namespace
}  // namespace layercast::media
