#include "scene/model/placeholder.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

using ::testing::HasSubstr;

constexpr base::FrameRate k30{30, 1};
constexpr base::FrameRate k60{60, 1};
constexpr base::FrameRate kNtsc{30000, 1001};

WallTime wall(std::string_view text) { return parse_wall_time(text).value(); }

// The text on a layer that begins at the stream time `layer_start`.
std::string on_layer(std::string_view text, int64_t frame, base::Duration layer_start,
                     std::string_view start = "00:00") {
  return expanded(parse_placeholders(text).parts, {frame, k30, wall(start), layer_start});
}

std::string at(std::string_view text, int64_t frame, base::FrameRate rate = k30,
               std::string_view start = "00:00") {
  const ParsedText parsed = parse_placeholders(text);
  EXPECT_TRUE(parsed.faults.empty()) << text;
  return expanded(parsed.parts, {frame, rate, wall(start)});
}

PlaceholderFault only_fault(std::string_view text) {
  const ParsedText parsed = parse_placeholders(text);
  EXPECT_EQ(parsed.faults.size(), 1U) << text;
  return parsed.faults.empty() ? PlaceholderFault{} : parsed.faults.front();
}

TEST(Placeholder, TextWithoutBracesStaysAsItIsAndDoesNotChange) {
  for (const std::string text : {"", "Sold for 1.5 ETH", "a } b }} c { d", "\\ {x} \\{y}", "ä🎉"}) {
    EXPECT_EQ(at(text, 7), text);
    EXPECT_FALSE(changes_with_time(parse_placeholders(text).parts));
  }
}

TEST(Placeholder, EveryNameMakesTheTextChange) {
  for (const char* text : {"{{clock}}", "a {{timecode}}", "{{frame}} b", "{{countdown:1m}}"}) {
    EXPECT_TRUE(changes_with_time(parse_placeholders(text).parts)) << text;
  }
}

TEST(Placeholder, EscapedBracesAreText) {
  EXPECT_EQ(at("\\{{clock}} is {{frame}}", 5), "{{clock}} is 5");
  EXPECT_EQ(at("{{frame}}\\{{frame}}{{frame}}", 5), "5{{frame}}5");
  EXPECT_FALSE(changes_with_time(parse_placeholders("\\{{clock}}").parts));
}

TEST(Placeholder, FrameIsTheIndexAndSpacesInsideDoNotCount) {
  EXPECT_EQ(at("{{frame}}|{{ frame }}", 123456789), "123456789|123456789");
}

TEST(Placeholder, ClockIsItsStartPlusStreamTime) {
  EXPECT_EQ(at("{{clock}}", 0), "00:00:00");
  EXPECT_EQ(at("{{clock}}", 59, k60), "00:00:00");
  EXPECT_EQ(at("{{clock}}", 60, k60), "00:00:01");
  EXPECT_EQ(at("{{clock}}", 60 * 60, k60, "23:59:30"), "00:00:30");
  EXPECT_EQ(at("{{clock:%d.%m.%Y %H:%M}}", 30, k30, "2024-02-28T23:59:59Z"), "29.02.2024 00:00");
  EXPECT_EQ(at("{{clock:%H h %M, 100%%}}", 0, k30, "2026-01-01T18:05:00+02:00"), "16 h 05, 100%");
  EXPECT_EQ(at("{{clock:%Y}}", 0, k30, "1969-12-31T23:59:59.5Z"), "1969");
}

TEST(Placeholder, ClockTakesAFormatOfLettersToo) {
  EXPECT_EQ(at("{{clock:HH:mm}}", 30, k30, "2024-02-28T23:59:59Z"), "00:00");
  EXPECT_EQ(at("{{clock:dd.MM.yyyy HHmmss}}", 0, k30, "2024-02-28T23:59:58Z"), "28.02.2024 235958");
  EXPECT_EQ(at("{{clock:dd/MM/yyyy}}", 0, k30, "2024-02-28T23:59:58Z"), "28/02/2024");
  // With a percent sign, letters are text.
  EXPECT_EQ(at("{{clock:%H HH UTC}}", 0, k30, "18:00"), "18 HH UTC");
  EXPECT_EQ(only_fault("{{clock:hh:mm}}").problem,
            "the clock's format has the unknown field \"hh\"");
  EXPECT_THAT(only_fault("{{clock:HH:mm Uhr}}").problem, HasSubstr("\"U\""));
  EXPECT_THAT(only_fault("{{clock:noon}}").expected, HasSubstr("yyyy MM dd HH mm ss"));
}

TEST(Placeholder, ClockShowsTheTimeOfItsZone) {
  constexpr std::string_view kWinter = "2026-01-15T23:30:00Z";
  EXPECT_EQ(at("{{clock:%H:%M Europe/Zurich}}", 0, k30, kWinter), "00:30");
  EXPECT_EQ(at("{{clock:HH:mm Europe/Zurich}}", 0, k30, kWinter), "00:30");
  EXPECT_EQ(at("{{clock:Europe/Zurich}}", 30, k30, kWinter), "00:30:01");
  EXPECT_EQ(at("{{clock:dd/MM/yyyy HH:mm Europe/Zurich}}", 0, k30, kWinter), "16/01/2026 00:30");
  EXPECT_EQ(at("{{clock:%d %H:%M America/Argentina/Buenos_Aires}}", 0, k30, kWinter), "15 20:30");
  EXPECT_EQ(at("{{clock:HH:mm Asia/Kathmandu}}", 0, k30, kWinter), "05:15");
  EXPECT_EQ(at("{{clock:HH:mm Etc/UTC}}", 0, k30, kWinter), "23:30");
}

TEST(Placeholder, ARunningClockFollowsDaylightSavingTime) {
  // In the night of 29 March 2026, 02:00 in Zurich became 03:00, at 01:00 UTC.
  EXPECT_EQ(at("{{clock:Europe/Zurich}}", 29, k30, "2026-03-29T00:59:59Z"), "01:59:59");
  EXPECT_EQ(at("{{clock:Europe/Zurich}}", 30, k30, "2026-03-29T00:59:59Z"), "03:00:00");
  // On 25 October, 03:00 became 02:00, at 01:00 UTC.
  EXPECT_EQ(at("{{clock:Europe/Zurich}}", 29, k30, "2026-10-25T00:59:59Z"), "02:59:59");
  EXPECT_EQ(at("{{clock:Europe/Zurich}}", 30, k30, "2026-10-25T00:59:59Z"), "02:00:00");
}

TEST(Placeholder, AnUnknownTimeZoneIsAFaultThatNamesTheNearest) {
  const PlaceholderFault fault = only_fault("{{clock:HH:mm Europe/Zurch}}");
  EXPECT_EQ(fault.problem, "there is no time zone \"Europe/Zurch\"");
  EXPECT_THAT(fault.expected, HasSubstr("did you mean \"Europe/Zurich\"?"));
  EXPECT_THAT(only_fault("{{countdown_to:20:00 Berlin}}").expected,
              HasSubstr("did you mean \"Europe/Berlin\"?"));
  EXPECT_EQ(only_fault("{{clock:Middle/Mordor}}").expected, "a time zone such as Europe/Zurich");
}

TEST(Placeholder, ClockKeepsTheFractionOfASecondItStartsWith) {
  EXPECT_EQ(at("{{clock}}", 14, k30, "00:00:00.5"), "00:00:00");
  EXPECT_EQ(at("{{clock}}", 15, k30, "00:00:00.5"), "00:00:01");
}

TEST(Placeholder, ClockDoesNotDriftAtNtscRates) {
  // 30000 frames last 1001 s exactly.
  EXPECT_EQ(at("{{clock}}", 30000LL * 3600, kNtsc), "17:00:00");  // 1001 h are 41 days and 17 h
  EXPECT_EQ(at("{{clock}}", 30000LL * 3600 - 1, kNtsc), "16:59:59");
  EXPECT_EQ(at("{{clock:%d}}", 30000LL * 3600, kNtsc), "11");  // day 42 of 1970
}

TEST(Placeholder, TimecodeCountsFramesAtTheWholeRateAbove) {
  EXPECT_EQ(at("{{timecode}}", 0), "00:00:00:00");
  EXPECT_EQ(at("{{timecode}}", 29), "00:00:00:29");
  EXPECT_EQ(at("{{timecode}}", 30), "00:00:01:00");
  EXPECT_EQ(at("{{timecode}}", 30 * (3600 + 2 * 60 + 3) + 4), "01:02:03:04");
  EXPECT_EQ(at("{{timecode}}", 1800, kNtsc), "00:01:00:00");  // non-drop
  EXPECT_EQ(at("{{timecode}}", 119, {120, 1}), "00:00:00:119");
  EXPECT_EQ(at("{{timecode}}", 120 * 5 + 7, {120, 1}), "00:00:05:007");
  EXPECT_EQ(at("{{timecode}}", 30LL * 86400), "00:00:00:00");
}

TEST(Placeholder, CountdownStartsAtItsLengthAndEndsAtZeroExactly) {
  EXPECT_EQ(at("{{countdown:10m}}", 0), "10:00");
  EXPECT_EQ(at("{{countdown:10m}}", 1), "10:00");
  EXPECT_EQ(at("{{countdown:10m}}", 29), "10:00");
  EXPECT_EQ(at("{{countdown:10m}}", 30), "09:59");
  EXPECT_EQ(at("{{countdown:10m}}", 600 * 30 - 1), "00:01");
  EXPECT_EQ(at("{{countdown:10m}}", 600 * 30), "00:00");
  EXPECT_EQ(at("{{countdown:10m}}", 900 * 30), "00:00");
  EXPECT_EQ(at("{{countdown:90}}", 0), "01:30");
  EXPECT_EQ(at("{{countdown:1500ms}}", 0), "00:02");
}

TEST(Placeholder, CountdownCountsFromTheStartOfTheLayer) {
  using std::chrono::minutes;
  EXPECT_EQ(on_layer("{{countdown:10m}}", 30 * 3600, minutes(60)), "10:00");
  EXPECT_EQ(on_layer("{{countdown:10m}}", 30 * 3601, minutes(60)), "09:59");
  EXPECT_EQ(on_layer("{{countdown:10m}}", 30 * 4200 - 1, minutes(60)), "00:01");
  EXPECT_EQ(on_layer("{{countdown:10m}}", 30 * 4200, minutes(60)), "00:00");
  // Before the layer begins.
  EXPECT_EQ(on_layer("{{countdown:10m}}", 30, minutes(60)), "10:00");
  // A time of day is the next one after the start of the layer.
  EXPECT_EQ(on_layer("{{countdown_to:18:30}}", 30 * 3600, minutes(60), "18:00"), "23:30:00");
  EXPECT_EQ(on_layer("{{countdown_to:19:30}}", 30 * 3600, minutes(60), "18:00"), "30:00");
  EXPECT_EQ(on_layer("{{countdown_to:1970-01-01T19:30Z}}", 30 * 3600, minutes(60), "18:00"),
            "30:00");
}

TEST(Placeholder, ATimeThatLooksLikeADurationIsWrittenOtherwise) {
  EXPECT_EQ(at("{{countdown_to:10:00}}", 0, k30, "09:50"), "10:00");
  EXPECT_EQ(at("{{countdown_to:10:00Z}}", 0, k30, "09:50"), "10:00");
  EXPECT_EQ(at("{{countdown_to:12:00+02:00}}", 0, k30, "09:50"), "10:00");
  EXPECT_EQ(at("{{countdown_to:00:30 +0200}}", 0, k30, "22:20"), "10:00");
  EXPECT_EQ(at("{{countdown_to:23:30-01:00}}", 0, k30, "00:20"), "10:00");
  EXPECT_EQ(at("{{countdown_to:2026-01-01T18:00:00Z}}", 0, k30, "2026-01-01T17:59:00Z"), "01:00");
  EXPECT_TRUE(parse_placeholders("{{countdown_to:10:00}} {{countdown:10m}}").warnings.empty());
  const ParsedText unclear = parse_placeholders("in {{countdown:10:00}}");
  EXPECT_TRUE(unclear.faults.empty());
  ASSERT_EQ(unclear.warnings.size(), 1U);
  EXPECT_EQ(unclear.warnings[0].offset, 3U);
  EXPECT_THAT(unclear.warnings[0].expected, HasSubstr("{{countdown_to:10:00}}"));
  EXPECT_THAT(only_fault("{{countdown_to:10m}}").expected, HasSubstr("{{countdown:10m}}"));
  for (const char* text : {"{{countdown_to}}", "{{countdown_to:}}", "{{countdown_to:soon}}",
                           "{{countdown_to:10:00+25:00}}", "{{countdown_to:24:00}}"}) {
    EXPECT_THAT(only_fault(text).expected, HasSubstr("18:30+02:00")) << text;
  }
}

TEST(Placeholder, AMistypedDateIsNoTimeOfDay) {
  for (const std::string text :
       {"2026-01-0118:30Z", "2026-01-0118:30", "2026-0118:30", "202618:30+02:00", "189918:30",
        "2026-01-0118:30 Europe/Berlin", "2026-13-01T18:30Z", "2026-02-30T18:30Z",
        "2026-01-01_18:30", "2026-01-01T18:30Z18:30", "18:3018:30", "18:30 19:30"}) {
    only_fault("{{countdown:" + text + "}}");
    EXPECT_THAT(only_fault("{{countdown_to:" + text + "}}").problem,
                HasSubstr("the end of the countdown is \"" + text + "\""));
  }
}

TEST(Placeholder, CountdownEndsAtTheLocalTimeOfItsZone) {
  EXPECT_EQ(at("{{countdown_to:20:00 Europe/Berlin}}", 0, k30, "2026-01-15T18:00:00Z"), "1:00:00");
  EXPECT_EQ(at("{{countdown_to:20:00 Europe/Berlin}}", 0, k30, "2026-07-15T18:00:00Z"), "24:00:00");
  EXPECT_EQ(at("{{countdown_to:20:00 Europe/Berlin}}", 0, k30, "2026-07-15T17:59:00Z"), "01:00");
  EXPECT_EQ(at("{{countdown_to:20:00 UTC}}", 0, k30, "2026-07-15T19:59:00Z"), "01:00");
  // It is the next day there already.
  EXPECT_EQ(at("{{countdown_to:08:00 Asia/Tokyo}}", 0, k30, "2026-07-15T22:00:00Z"), "1:00:00");
  EXPECT_EQ(
      at("{{countdown_to:2026-01-01T18:00:00 Europe/Berlin}}", 0, k30, "2026-01-01T16:59:00Z"),
      "01:00");
  EXPECT_EQ(
      at("{{countdown_to:2026-07-01 18:00 America/New_York}}", 0, k30, "2026-07-01T21:00:00Z"),
      "1:00:00");
  EXPECT_THAT(only_fault("{{countdown_to:20:00+02:00 Europe/Berlin}}").problem,
              HasSubstr("the offset \"+02:00\" and the time zone \"Europe/Berlin\""));
}

TEST(Placeholder, CountdownToALocalTimeKnowsDaysOf23And25Hours) {
  // From 20:00 on 28 March to 20:00 on 29 March 2026; an hour is left out.
  EXPECT_EQ(at("{{countdown_to:20:00 Europe/Berlin}}", 0, k30, "2026-03-28T19:00:00Z"), "23:00:00");
  EXPECT_EQ(at("{{countdown_to:20:00 Europe/Berlin}}", 0, k30, "2026-10-24T18:00:00Z"), "25:00:00");
  // 02:30 is left out: the clocks show 03:30 at that moment.
  EXPECT_EQ(at("{{countdown_to:02:30 Europe/Berlin}}", 0, k30, "2026-03-29T00:30:00Z"), "1:00:00");
  // 02:30 comes twice, at 00:30 and at 01:30 UTC: the first one counts.
  EXPECT_EQ(at("{{countdown_to:02:30 Europe/Berlin}}", 0, k30, "2026-10-25T00:00:00Z"), "30:00");
  EXPECT_EQ(at("{{countdown_to:02:30 Europe/Berlin}}", 0, k30, "2026-10-25T01:00:00Z"), "24:30:00");
}

TEST(Placeholder, CountdownAtNtscRatesEndsAtTheFirstFrameNotBeforeItsEnd) {
  // Frame 30 is shown at 1.001 s, frame 29 at 0.9677 s.
  EXPECT_EQ(at("{{countdown:1s}}", 29, kNtsc), "00:01");
  EXPECT_EQ(at("{{countdown:1s}}", 30, kNtsc), "00:00");
}

TEST(Placeholder, CountdownShowsHoursFromAnHourUp) {
  EXPECT_EQ(at("{{countdown:1h}}", 0), "1:00:00");
  EXPECT_EQ(at("{{countdown:1h}}", 30), "59:59");
  EXPECT_EQ(at("{{countdown:100h}}", 0), "100:00:00");
}

TEST(Placeholder, CountdownToATimeOfDayEndsAtTheNextOne) {
  EXPECT_EQ(at("{{countdown:18:30}}", 0, k30, "18:00"), "30:00");
  EXPECT_EQ(at("{{countdown:18:30:15}}", 0, k30, "2026-05-01T18:30:00Z"), "00:15");
  EXPECT_EQ(at("{{countdown:18:30}}", 0, k30, "18:45"), "23:45:00");
  EXPECT_EQ(at("{{countdown:18:30}}", 0, k30, "18:30"), "24:00:00");
  EXPECT_EQ(at("{{countdown:18:30}}", 60 * 30, k30, "18:29"), "00:00");
  EXPECT_EQ(at("{{countdown:18:30}}", 90 * 30, k30, "18:29"), "00:00");  // does not start again
}

TEST(Placeholder, CountdownToADateEndsThen) {
  EXPECT_EQ(at("{{countdown:2026-01-01T18:00:00Z}}", 0, k30, "2026-01-01T17:59:00Z"), "01:00");
  EXPECT_EQ(at("{{countdown:2026-01-01T18:00+01:00}}", 0, k30, "2026-01-01T16:00:00Z"), "1:00:00");
  EXPECT_EQ(at("{{countdown:2026-01-02 00:00}}", 0, k30, "2026-01-01T18:00:00Z"), "6:00:00");
  EXPECT_EQ(at("{{countdown:2020-01-01T00:00Z}}", 0, k30, "2026-01-01T18:00:00Z"), "00:00");
}

TEST(Placeholder, UnknownNameIsAFaultThatNamesTheNearest) {
  const PlaceholderFault fault = only_fault("Time: {{clok}}");
  EXPECT_EQ(fault.offset, 6U);
  EXPECT_EQ(fault.problem, "there is no placeholder \"clok\"");
  EXPECT_EQ(fault.expected,
            "clock, timecode, frame, countdown, countdown_to, count or elapsed; did you mean "
            "\"clock\"?");
  EXPECT_EQ(only_fault("{{viewers}}").expected,
            "clock, timecode, frame, countdown, countdown_to, count or elapsed");
  only_fault("{{}}");
  only_fault("{{CLOCKS}}");
}

TEST(Placeholder, WrongArgumentsAreFaults) {
  EXPECT_THAT(only_fault("{{clock:%H:%I}}").problem, HasSubstr("\"%I\""));
  EXPECT_THAT(only_fault("{{clock:50%}}").problem, HasSubstr("\"%\""));
  EXPECT_THAT(only_fault("{{clock:}}").problem, HasSubstr("empty"));
  EXPECT_THAT(only_fault("{{frame:3}}").problem, HasSubstr("\"3\""));
  EXPECT_THAT(only_fault("{{timecode:drop}}").problem, HasSubstr("\"drop\""));
  for (const char* text : {"{{countdown}}", "{{countdown:}}", "{{countdown:soon}}",
                           "{{countdown:-5s}}", "{{countdown:24:00}}", "{{countdown:18:60}}",
                           "{{countdown:2026-02-30T00:00Z}}", "{{countdown:2026-01-01}}",
                           "{{countdown:2026-01-01T10:00X}}", "{{countdown:1800-01-01T10:00Z}}"}) {
    EXPECT_THAT(only_fault(text).expected, HasSubstr("such as 10m")) << text;
  }
}

TEST(Placeholder, UnclosedBracesAreAFaultWhereTheyOpen) {
  const PlaceholderFault fault = only_fault("{{frame}} and {{clock");
  EXPECT_EQ(fault.offset, 14U);
  EXPECT_THAT(fault.problem, HasSubstr("never closed"));
}

TEST(Placeholder, EveryFaultIsFoundAndWhatIsAtFaultStaysAsWritten) {
  const std::string text = "{{a}}{{frame}}{{b}} {{clock:%q}} {{";
  const ParsedText parsed = parse_placeholders(text);
  ASSERT_EQ(parsed.faults.size(), 4U);
  EXPECT_EQ(parsed.faults[1].offset, 14U);
  EXPECT_EQ(expanded(parsed.parts, {9, k30, {}}), "{{a}}9{{b}} {{clock:%q}} {{");
}

TEST(Placeholder, ElapsedTimeRunsFromTheStartOfTheLayer) {
  using std::chrono::minutes;
  EXPECT_EQ(at("{{elapsed}}", 0), "00:00");
  EXPECT_EQ(at("{{elapsed}}", 29), "00:00");
  EXPECT_EQ(at("{{elapsed}}", 30), "00:01");
  EXPECT_EQ(at("{{elapsed}}", 30 * 3599), "59:59");
  EXPECT_EQ(at("{{elapsed}}", 30 * 3600), "1:00:00");
  EXPECT_EQ(on_layer("{{elapsed}}", 30 * 3661, minutes(60)), "01:01");
  EXPECT_EQ(on_layer("{{elapsed}}", 30, minutes(60)), "00:00");
  EXPECT_TRUE(changes_with_time(parse_placeholders("{{elapsed}}").parts));
}

TEST(Placeholder, ElapsedTimeHasAFormat) {
  const int64_t frame = 30 * (3600 + 2 * 60 + 3) + 14;  // 14/30 s are 0.4666…
  EXPECT_EQ(at("{{elapsed:hh:mm:ss}}", frame), "01:02:03");
  EXPECT_EQ(at("{{elapsed:mm:ss}}", frame), "62:03");
  EXPECT_EQ(at("{{elapsed:ss}}", frame), "3723");
  EXPECT_EQ(at("{{elapsed:ss}}", 30 * 7), "07");
  EXPECT_EQ(at("{{elapsed:mm:ss.S}}", frame), "62:03.4");
  EXPECT_EQ(at("{{elapsed:ss.SS}}", frame), "3723.46");
  EXPECT_EQ(at("{{elapsed:hh:mm:ss.SSS}}", frame), "01:02:03.466");
  EXPECT_EQ(at("{{elapsed:ss.SSS}}", 30, kNtsc), "01.001");
  for (const char* text : {"{{elapsed:}}", "{{elapsed:m:ss}}", "{{elapsed:mm:ss.}}",
                           "{{elapsed:ss.SSSS}}", "{{elapsed:mm}}", "{{elapsed:mm:ssx}}"}) {
    EXPECT_THAT(only_fault(text).expected, HasSubstr("hh:mm:ss, mm:ss or ss")) << text;
  }
}

TEST(Placeholder, ElapsedTimeIsThatOfTheStopwatch) {
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  const auto shown = [](int64_t frame, const Stopwatch& stopwatch) {
    return expanded(parse_placeholders("{{elapsed:ss.S}} {{countdown:1m}}").parts,
                    {frame, k30, {}, seconds(2), stopwatch});
  };
  EXPECT_EQ(shown(30 * 100, {milliseconds(8500), std::nullopt, std::nullopt}), "08.5 00:00");
  EXPECT_EQ(shown(30 * 100, {milliseconds(8500), seconds(97), std::nullopt}), "11.5 00:00");
  // The frames before it began.
  EXPECT_EQ(shown(30 * 96, {milliseconds(8500), seconds(97), std::nullopt}), "08.5 00:00");
  // A reset begins the countdown again.
  EXPECT_EQ(shown(30 * 100, {seconds(0), std::nullopt, seconds(90)}), "00.0 00:50");
  EXPECT_EQ(shown(30 * 89, {seconds(0), std::nullopt, seconds(90)}), "00.0 01:00");
  // A reset before the layer starts, at 2 s, does not count.
  EXPECT_EQ(shown(30 * 2, {seconds(0), std::nullopt, seconds(1)}), "00.0 01:00");
  EXPECT_EQ(shown(30 * 10, {seconds(0), std::nullopt, seconds(1)}), "00.0 00:52");
}

TEST(WallTime, ReadsTimesOfDayOnTheFirstDayOfTheEpoch) {
  using namespace std::chrono_literals;
  EXPECT_EQ(wall("00:00"), WallTime{});
  EXPECT_EQ(wall("18:30"), WallTime{18h + 30min});
  EXPECT_EQ(wall("23:59:59"), WallTime{23h + 59min + 59s});
}

TEST(WallTime, ReadsIso8601WithOffsets) {
  using namespace std::chrono_literals;
  const WallTime utc = WallTime{std::chrono::seconds{1767290400}};  // date -d 2026-01-01T18:00Z +%s
  for (const char* text :
       {"2026-01-01T18:00:00Z", "2026-01-01T18:00Z", "2026-01-01T18:00:00", "2026-01-01 18:00",
        "2026-01-01T19:00:00+01:00", "2026-01-01T14:30:00-0330", "2026-01-02T04:00:00+10",
        "2026-01-01t18:00:00.000z"}) {
    EXPECT_EQ(wall(text), utc) << text;
  }
  EXPECT_EQ(wall("2026-01-01T18:00:00.123456789Z"), utc + 123456789ns);
}

TEST(WallTime, RefusesWhatIsNoTime) {
  for (const char* text : {"",
                           "18",
                           "1:30",
                           "18:5",
                           "24:00",
                           "18:60",
                           "18:30:60",
                           "18:30 ",
                           "noon",
                           "2026-01-01",
                           "2026-13-01T00:00Z",
                           "2026-00-01T00:00Z",
                           "2025-02-29T00:00Z",
                           "2026-01-01T18:00:00+1",
                           "2026-01-01T18:00:00+01:0",
                           "2026-01-01T18:00:00+24:00",
                           "26-01-01T00:00Z",
                           "2026-01-01T18:00:00.Z",
                           "2026-01-01T18:00:00.1234567891Z",
                           "18:30Z"}) {
    const auto time = parse_wall_time(text);
    ASSERT_FALSE(time.ok()) << text;
    EXPECT_EQ(time.error().code, base::ErrorCode::kInvalidInput);
    EXPECT_THAT(time.error().message, HasSubstr("2026-01-01T18:00:00Z"));
  }
}

std::string counted(std::string_view text, int64_t frame, base::Duration layer_start = {},
                    base::FrameRate rate = k30) {
  const ParsedText parsed = parse_placeholders(text);
  EXPECT_TRUE(parsed.faults.empty()) << text << parsed.faults.front().problem;
  return expanded(parsed.parts, {frame, rate, {}, layer_start});
}

TEST(Placeholder, ACountRunsFromItsFirstNumberToItsLast) {
  EXPECT_EQ(counted("{{count:0,1500,2s}}", 0), "0");
  EXPECT_EQ(counted("{{count:0,1500,2s}}", 30), "750");
  EXPECT_EQ(counted("{{count:0,1500,2s}}", 59), "1475");
  EXPECT_EQ(counted("{{count:0,1500,2s}}", 60), "1500");
  EXPECT_EQ(counted("{{count: 0 , 1500 , 2s }}", 6000), "1500");
  EXPECT_EQ(counted("{{count:10,0,1s}}!", 29), "1!");
  EXPECT_EQ(counted("{{count:10,0,1s}}!", 30), "0!");
  EXPECT_EQ(counted("{{count:5,5,1s}} {{count:1,2,0s}}", 0), "5 2");
  EXPECT_TRUE(changes_with_time(parse_placeholders("{{count:0,1,1s}}").parts));
}

TEST(Placeholder, ACountBeginsWithItsLayer) {
  EXPECT_EQ(counted("{{count:0,100,1s}}", 15, std::chrono::seconds(10)), "0");
  EXPECT_EQ(counted("{{count:0,100,1s}}", 315, std::chrono::seconds(10)), "50");
  EXPECT_EQ(counted("{{count:0,100,1s}}", 330, std::chrono::seconds(10)), "100");
}

TEST(Placeholder, ACountReachesItsEndAtTheFrameAndNotBefore) {
  // 1001 s are 30000 frames exactly.
  EXPECT_EQ(counted("{{count:0,1,1001s}}", 29999, {}, kNtsc), "0");
  EXPECT_EQ(counted("{{count:0,1,1001s}}", 30000, {}, kNtsc), "1");
  EXPECT_EQ(counted("{{count:-999999999999999,999999999999999,24h}}", 30LL * 86400 - 1),
            "999999228395060");
  EXPECT_EQ(counted("{{count:-999999999999999,999999999999999,24h}}", 30LL * 86400),
            "999999999999999");
}

TEST(Placeholder, ACountIsWrittenWithTheDecimalsOfItsNumbersOrAsItSays) {
  EXPECT_EQ(counted("{{count:0,99.50,1s}}", 15), "49.75");
  EXPECT_EQ(counted("{{count:-1.5,1.5,1s}}", 1), "-1.4");
  EXPECT_EQ(counted("{{count:0,0.05,1s}}", 15), "0.02");
  EXPECT_EQ(counted("{{count:0,1234567,1s,#,##0}}", 30), "1,234,567");
  EXPECT_EQ(counted("{{count:0,-1234567,1s,#,##0}}", 30), "-1,234,567");
  EXPECT_EQ(counted("{{count:0,123,1s,#,##0}}", 30), "123");
  EXPECT_EQ(counted("{{count:0,1234567.5,1s,#.##0,00}}", 30), "1.234.567,50");
  EXPECT_EQ(counted("{{count:0,1234567,1s,#\u202f##0}}", 30), "1\u202f234\u202f567");
  EXPECT_EQ(counted("{{count:0,7,1s,0.000}}", 30), "7.000");
}

TEST(Placeholder, ACountThatIsWrongIsToldWhy) {
  EXPECT_EQ(only_fault("{{count}}").problem, "the count has no numbers");
  EXPECT_EQ(only_fault("{{count:a,1,2s}}").problem, "the count starts at \"a\"");
  EXPECT_EQ(only_fault("{{count:1,,2s}}").problem, "the count ends at \"\"");
  EXPECT_EQ(only_fault("{{count:1,2}}").problem, "the duration of the count is \"\"");
  EXPECT_EQ(only_fault("{{count:1,2,25h}}").problem, "the duration of the count is \"25h\"");
  EXPECT_EQ(only_fault("{{count:1,2,1s,#,#}}").problem, "the format of the count is \"#,#\"");
  EXPECT_EQ(only_fault("{{count:1,2.55,1s,0.0}}").problem,
            "the count goes from \"1\" to \"2.55\" with 1 decimals");
  EXPECT_EQ(only_fault("{{count:1,1e5,1s}}").problem, "the count ends at \"1e5\"");
  EXPECT_EQ(only_fault("{{count:1,99999999999999999999,1s}}").problem,
            "the count ends at \"99999999999999999999\"");
}

}  // namespace
}  // namespace layercast::scene
