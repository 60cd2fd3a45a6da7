#include "base/time_zone.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace layercast::base {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::sys_seconds;
using std::chrono::year;

TimeZone zone(std::string_view name) { return TimeZone::find(name).value(); }

sys_seconds utc(int y, unsigned month, unsigned day, seconds time) {
  return sys_days{year{y} / std::chrono::month{month} / std::chrono::day{day}} + time;
}
LocalTime local(int y, unsigned month, unsigned day, seconds time) {
  return LocalTime{utc(y, month, day, time).time_since_epoch()};
}

TEST(TimeZones, AreUtcByDefault) {
  EXPECT_EQ(TimeZone().offset_at(utc(2026, 7, 1, {})), Duration{0});
  EXPECT_EQ(TimeZone().instant_of(local(2026, 7, 1, hours(5))), utc(2026, 7, 1, hours(5)));
}

TEST(TimeZones, HaveTheOffsetOfTheInstant) {
  const TimeZone zurich = zone("Europe/Zurich");
  EXPECT_EQ(zurich.offset_at(utc(2026, 3, 29, hours(1) - seconds(1))), hours(1));
  EXPECT_EQ(zurich.offset_at(utc(2026, 3, 29, hours(1))), hours(2));
  EXPECT_EQ(zurich.offset_at(utc(2026, 10, 25, hours(1) - seconds(1))), hours(2));
  EXPECT_EQ(zurich.offset_at(utc(2026, 10, 25, hours(1))), hours(1));
  EXPECT_EQ(zone("Asia/Kolkata").offset_at(utc(2026, 1, 1, {})), hours(5) + minutes(30));
  EXPECT_EQ(zone("America/New_York").offset_at(utc(2026, 1, 1, {})), hours(-5));
  // Daylight saving time of half an hour, in the southern summer.
  EXPECT_EQ(zone("Australia/Lord_Howe").offset_at(utc(2026, 1, 1, {})), hours(11));
  EXPECT_EQ(zone("Australia/Lord_Howe").offset_at(utc(2026, 7, 1, {})), hours(10) + minutes(30));
  // War-time Berlin: two hours of daylight saving time.
  EXPECT_EQ(zone("Europe/Berlin").offset_at(utc(1945, 6, 1, {})), hours(3));
}

TEST(TimeZones, KeepTheirLastRuleAfterTheListedYears) {
  for (const int y : {2038, 2040, 2099}) {
    EXPECT_EQ(zone("Europe/Zurich").offset_at(utc(y, 1, 1, {})), hours(1)) << y;
    EXPECT_EQ(zone("Europe/Zurich").offset_at(utc(y, 7, 1, {})), hours(2)) << y;
    EXPECT_EQ(zone("America/Santiago").offset_at(utc(y, 1, 1, {})), hours(-3)) << y;
    EXPECT_EQ(zone("America/Santiago").offset_at(utc(y, 7, 1, {})), hours(-4)) << y;
    EXPECT_EQ(zone("Asia/Tokyo").offset_at(utc(y, 7, 1, {})), hours(9)) << y;
    EXPECT_EQ(zone("Europe/Zurich").instant_of(local(y, 7, 1, hours(2))), utc(y, 7, 1, {})) << y;
  }
}

TEST(TimeZones, FindTheInstantOfALocalTime) {
  const TimeZone zurich = zone("Europe/Zurich");
  EXPECT_EQ(zurich.instant_of(local(2026, 7, 1, hours(20))), utc(2026, 7, 1, hours(18)));
  const Duration fraction = std::chrono::milliseconds(250);
  EXPECT_EQ(zurich.instant_of(local(2026, 1, 1, hours(20)) + fraction),
            utc(2026, 1, 1, hours(19)) + fraction);
}

TEST(TimeZones, TakeTheOffsetBeforeAChangeForTimesInIt) {
  const TimeZone zurich = zone("Europe/Zurich");
  // 02:30 is left out.
  EXPECT_EQ(zurich.instant_of(local(2026, 3, 29, minutes(150))), utc(2026, 3, 29, minutes(90)));
  EXPECT_EQ(zurich.instant_of(local(2026, 3, 29, hours(3))), utc(2026, 3, 29, hours(1)));
  // 02:30 comes twice.
  EXPECT_EQ(zurich.instant_of(local(2026, 10, 25, minutes(150))), utc(2026, 10, 25, minutes(30)));
  EXPECT_EQ(zurich.instant_of(local(2026, 10, 25, hours(3))), utc(2026, 10, 25, hours(2)));
}

TEST(TimeZones, AreEqualIfTheyAreTheSame) {
  EXPECT_EQ(zone("Europe/Zurich"), zone("Europe/Zurich"));
  EXPECT_NE(zone("Europe/Zurich"), zone("Europe/Berlin"));
  EXPECT_NE(zone("Europe/Zurich"), TimeZone());
}

TEST(TimeZones, AreRefusedUnderUnknownNames) {
  for (const std::string name :
       {"", "Europe/Zurch", "europe/zurich", "/etc/passwd", "../zoneinfo/UTC", "posix/UTC"}) {
    const auto found = TimeZone::find(name);
    ASSERT_FALSE(found.ok()) << name;
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(found.error().message, "there is no time zone \"" + name + "\"");
  }
}

TEST(TimeZones, AreSuggestedByTheirNamesAndPlaces) {
  EXPECT_EQ(nearest_time_zone("Europe/Zurch"), "Europe/Zurich");
  EXPECT_EQ(nearest_time_zone("europe/zurich"), "Europe/Zurich");
  EXPECT_EQ(nearest_time_zone("Zürich"), "Europe/Zurich");
  EXPECT_EQ(nearest_time_zone("NewYork"), "America/New_York");
  EXPECT_EQ(nearest_time_zone("Middle/Mordor"), std::nullopt);
}

}  // namespace
}  // namespace layercast::base
