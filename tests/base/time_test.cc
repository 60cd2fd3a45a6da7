#include "base/time.h"

#include <array>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>

namespace layercast::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr FrameRate kNtsc{30000, 1001};

TEST(FrameRate, NtscIsExactAfterADay) {
  // 24 h x 30000/1001 = 2589410.589… frames.
  EXPECT_EQ(kNtsc.frames_in(hours(24)), 2589411);
  EXPECT_EQ(kNtsc.index_at(hours(24)), 2589410);
  EXPECT_TRUE(kNtsc.time_of(2589410).before(hours(24)));
  EXPECT_FALSE(kNtsc.time_of(2589411).before(hours(24)));
  // 2589410 x 1001/30000 s = 86399.980333… s.
  EXPECT_EQ(kNtsc.time_of(2589410).floor(), nanoseconds(86'399'980'333'333));
}

TEST(FrameRate, AFrameStartsAtTheNanosecondAfterItsTimeRoundedDown) {
  for (const FrameRate rate : {kNtsc, FrameRate{60000, 1001}, FrameRate{24, 1}, FrameRate{7, 3}}) {
    for (int64_t index = 0; index < 5'000'000; index += 977) {
      const SceneTime time = rate.time_of(index);
      const Duration floor = time.floor();
      const bool exact =
          floor.count() * rate.numerator == index * rate.denominator * int64_t{1'000'000'000};
      ASSERT_EQ(rate.index_at(floor), exact ? index : index - 1) << rate.to_string();
      ASSERT_EQ(rate.index_at(floor + nanoseconds(1)), index) << rate.to_string();
    }
  }
}

TEST(FrameRate, FramesInCountsTheFramesThatStartBefore) {
  for (const FrameRate rate : {kNtsc, FrameRate{50, 1}, FrameRate{3, 7}}) {
    for (int64_t nanos = 0; nanos < 3'000'000'000; nanos += 33'333'333) {
      int64_t count = 0;
      while (rate.time_of(count).before(nanoseconds(nanos))) ++count;
      ASSERT_EQ(rate.frames_in(nanoseconds(nanos)), count) << rate.to_string() << " " << nanos;
    }
  }
  EXPECT_EQ((FrameRate{60, 1}.frames_in(seconds(20))), 1200);
  EXPECT_EQ((FrameRate{60, 1}.frames_in(seconds(20) + nanoseconds(1))), 1201);
  EXPECT_EQ((FrameRate{60, 1}.frames_in(seconds(-1))), 0);
}

TEST(FrameRate, TimesBeforeTheFirstFrameHaveNegativeIndices) {
  EXPECT_EQ((FrameRate{60, 1}.index_at(nanoseconds(-1))), -1);
  EXPECT_EQ((FrameRate{60, 1}.index_at(seconds(-1))), -60);
}

TEST(FrameRate, ReadsFractionsAndReducesThem) {
  EXPECT_EQ(parse_frame_rate("60"), (FrameRate{60, 1}));
  EXPECT_EQ(parse_frame_rate("30000/1001"), kNtsc);
  EXPECT_EQ(parse_frame_rate("120/2"), (FrameRate{60, 1}));
  EXPECT_EQ(parse_frame_rate("60")->to_string(), "60");
  EXPECT_EQ(kNtsc.to_string(), "30000/1001");
  EXPECT_DOUBLE_EQ(kNtsc.per_second(), 30000.0 / 1001.0);
}

TEST(FrameRate, RefusesWhatIsNoExactPositiveFraction) {
  for (const char* bad : {"", "29.97", "0", "-30", "30/0", "30/", "/1", "30/1/1", " 30", "30 ",
                          "+30", "1e3", "nan", "99999999999", "30/-1"}) {
    EXPECT_EQ(parse_frame_rate(bad), std::nullopt) << bad;
  }
}

TEST(SceneTime, BeforeRoundsNeitherSide) {
  const SceneTime third{1, 3};
  EXPECT_TRUE(third.before(nanoseconds(333'333'334)));
  EXPECT_FALSE(third.before(nanoseconds(333'333'333)));
  EXPECT_FALSE((SceneTime{1, 2}.before(milliseconds(500))));
  EXPECT_TRUE((SceneTime{1, 2}.before(nanoseconds(500'000'001))));
}

TEST(SceneTime, FloorRoundsDownOnBothSidesOfZero) {
  EXPECT_EQ((SceneTime{1, 3}.floor()), nanoseconds(333'333'333));
  EXPECT_EQ((SceneTime{-1, 3}.floor()), nanoseconds(-333'333'334));
  EXPECT_EQ((SceneTime{-2, 1}.floor()), seconds(-2));
}

TEST(SceneTime, ProgressIsTheQuotientOfExactDifferences) {
  EXPECT_EQ((SceneTime{3, 2}.progress(seconds(1), seconds(2))), 0.25);
  EXPECT_EQ((SceneTime{1, 2}.progress(seconds(1), seconds(2))), -0.25);
  EXPECT_EQ(kNtsc.time_of(30000).progress(seconds(1), seconds(1000)), 1.0);
}

TEST(Phase, IsTheExactModuloTenHoursOn) {
  const FrameRate rate{60000, 1001};
  const int64_t period = 1'700'000'000 * int64_t{60000};  // 1.7 s in 1/60000 ns
  for (int64_t index = 2'157'842; index < 2'158'842; ++index) {
    const int64_t passed = index * 1001 * int64_t{1'000'000'000};
    const Phase phase = rate.time_of(index).phase(Duration::zero(), milliseconds(1700));
    ASSERT_EQ(phase.periods, passed / period);
    // Both operands fit a double exactly, so the quotient is the nearest double to the truth.
    ASSERT_EQ(phase.passed, static_cast<double>(passed % period) / static_cast<double>(period));
    ASSERT_EQ(phase.remaining,
              static_cast<double>(period - passed % period) / static_cast<double>(period));
  }
}

TEST(Phase, SimpleFractionsOfALongPeriodAreTheNearestDoubles) {
  // 3.6e23 parts with an odd factor of 68 bits: unreduced, the operands would be rounded first.
  constexpr int64_t kLengthNanos = 3'600'000'000'001;
  for (int64_t percent = 0; percent < 100; ++percent) {
    const SceneTime time{percent * kLengthNanos, 100 * int64_t{1'000'000'000}};
    const Phase phase = time.phase(Duration::zero(), nanoseconds(kLengthNanos));
    ASSERT_EQ(phase.passed, static_cast<double>(percent) / 100);
    ASSERT_EQ(phase.remaining, static_cast<double>(100 - percent) / 100);
  }
}

TEST(Phase, BeginsAnewAtEachPeriodAndCountsThem) {
  const auto at = [](int64_t numerator) {
    return SceneTime{numerator, 4}.phase(seconds(1), seconds(2));
  };
  EXPECT_EQ(at(4).periods, 0);
  EXPECT_EQ(at(4).passed, 0.0);
  EXPECT_EQ(at(4).remaining, 1.0);
  EXPECT_EQ(at(11).periods, 0);
  EXPECT_EQ(at(11).passed, 0.875);
  EXPECT_EQ(at(12).periods, 1);
  EXPECT_EQ(at(12).passed, 0.0);
  EXPECT_EQ(at(3).periods, -1);
  EXPECT_EQ(at(3).passed, 0.875);
}

TEST(Phase, IsBelowOneUntilThePeriodIsOver) {
  // The last half nanosecond of a 100-year period.
  const Duration century = hours(24 * 366 * 100);
  const SceneTime last{century.count() * 2 - 1, 2'000'000'000};
  const Phase phase = last.phase(Duration::zero(), century);
  EXPECT_EQ(phase.periods, 0);
  EXPECT_LT(phase.passed, 1.0);
  EXPECT_GT(phase.remaining, 0.0);
}

struct DurationCase {
  const char* text;
  int64_t nanos;
};

TEST(Duration, ReadsEveryFormExactly) {
  constexpr std::array kCases = {
      DurationCase{"500ms", 500'000'000},
      DurationCase{"2s", 2'000'000'000},
      DurationCase{"1m30s", 90'000'000'000},
      DurationCase{"1h", 3'600'000'000'000},
      DurationCase{"1h1m1s1ms", 3'661'001'000'000},
      DurationCase{"1h500ms", 3'600'500'000'000},
      DurationCase{"90m", 5'400'000'000'000},
      DurationCase{"0", 0},
      DurationCase{"0s", 0},
      DurationCase{"20", 20'000'000'000},
      DurationCase{"1.5", 1'500'000'000},
      DurationCase{".5s", 500'000'000},
      DurationCase{"5.s", 5'000'000'000},
      DurationCase{"0.1s", 100'000'000},
      DurationCase{"0.000000001s", 1},
      DurationCase{"0.000001ms", 1},
      DurationCase{"1.50000000000000000000s", 1'500'000'000},
      DurationCase{"0.000000000005h", 18},
      DurationCase{"1.25m", 75'000'000'000},
      DurationCase{"001s", 1'000'000'000},
  };
  for (const auto& [text, nanos] : kCases) {
    const auto parsed = parse_duration(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(parsed->count(), nanos) << text;
  }
}

TEST(Duration, RefusesEverythingElse) {
  for (const char* bad : {"",
                          "s",
                          "ms",
                          ".",
                          ".s",
                          "-1s",
                          "+1s",
                          "1 s",
                          " 1s",
                          "1s ",
                          "1x",
                          "1sec",
                          "1m30",
                          "30s1m",
                          "1s1s",
                          "1ms1s",
                          "1..5s",
                          "1.5.5s",
                          "1e3",
                          "1e3s",
                          "nan",
                          "inf",
                          "infinity",
                          "0x10",
                          "0.0000000001s",
                          "0.00000000001s",
                          "0.0000001ms",
                          "0.00000000000005h",
                          "0.0000000000000000000001s",
                          "99999999999999999999s",
                          "1000000h",
                          "101m1000000h",
                          "1,5s"}) {
    EXPECT_EQ(parse_duration(bad), std::nullopt) << bad;
  }
}

TEST(Duration, ReachesOneHundredYearsAndNotBeyond) {
  const std::string century = std::to_string(100 * 366 * 24) + "h";
  EXPECT_EQ(parse_duration(century), hours(100 * 366 * 24));
  EXPECT_EQ(parse_duration(century + "1ms"), std::nullopt);
}

TEST(Duration, WrittenBackReadsTheSame) {
  for (const int64_t nanos :
       {int64_t{0}, int64_t{1}, int64_t{10}, int64_t{999'999'999}, int64_t{1'000'000'000},
        int64_t{1'500'000'000}, int64_t{33'366'667}, int64_t{90'000'000'000},
        int64_t{1'234'567'890'123'456}, int64_t{1'000'000'001}, int64_t{100'000}}) {
    const std::string text = duration_text(nanoseconds(nanos));
    EXPECT_EQ(parse_duration(text), nanoseconds(nanos)) << text;
  }
  EXPECT_EQ(duration_text(seconds(90)), "90s");
  EXPECT_EQ(duration_text(milliseconds(1500)), "1500ms");
  EXPECT_EQ(duration_text(nanoseconds(1500)), "0.0000015s");
}

TEST(SceneTime, SinceAStartIsExactWhereItFits) {
  const FrameRate ntsc{30000, 1001};
  const SceneTime time = ntsc.time_of(3);  // 3003/30000 s
  EXPECT_EQ(time.since(Duration{0}).numerator, time.numerator);
  // One nanosecond less than a frame before: never earlier than the exact difference.
  const Duration start = ntsc.time_of(2).floor();
  const SceneTime since = time.since(start);
  EXPECT_FALSE(since.before(ntsc.time_of(1).floor()));
  EXPECT_EQ(since.floor() + start, time.floor());
  EXPECT_TRUE(time.since(std::chrono::seconds(1)).before(Duration{0}));
}

TEST(SceneTime, SinceAFewYearsIsRoundedUp) {
  const FrameRate ntsc{60000, 1001};
  const int64_t years = ntsc.frames_in(std::chrono::hours(24 * 365 * 10));
  const SceneTime since = ntsc.time_of(years).since(std::chrono::nanoseconds(1));
  const Duration exact = ntsc.time_of(years).floor() - std::chrono::nanoseconds(1);
  EXPECT_GE(since.floor(), exact);
  EXPECT_LE(since.floor(), exact + std::chrono::nanoseconds(1));
}

TEST(UtcText, IsADateAndTimeWithMilliseconds) {
  EXPECT_EQ(utc_text(WallTime{}), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(utc_text(WallTime{std::chrono::milliseconds(1'767'290'400'123)} + Duration(999'999)),
            "2026-01-01T18:00:00.123Z");
  EXPECT_EQ(utc_text(WallTime{} - Duration(1)), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace layercast::base
