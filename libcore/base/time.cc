#include "base/time.h"

#include "base/ascii.h"
#include "base/check.h"
#include "base/floor_division.h"
#include "base/int128.h"
#include "base/parse_number.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <limits>
#include <numeric>
#include <utility>

namespace layercast::base {
namespace {

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kNanosMax = int64_t{100} * 366 * 24 * 3600 * kNanosPerSecond;

struct Unit {
  std::string_view suffix;
  int64_t nanos;
};
// From large to small: the order in which users write them.
constexpr std::array kUnits = {Unit{"h", 3600 * kNanosPerSecond}, Unit{"m", 60 * kNanosPerSecond},
                               Unit{"s", kNanosPerSecond}, Unit{"ms", 1'000'000}};

bool begins_with(std::string_view text, const Unit& unit) {
  return text.starts_with(unit.suffix) && !(unit.suffix == "m" && text.starts_with("ms"));
}

// Takes digits[.digits] off the front; empty when `text` starts otherwise.
std::string_view take_decimal(std::string_view& text) {
  const auto digits_from = [&](size_t start) {
    size_t end = start;
    while (end < text.size() && is_digit(text[end])) ++end;
    return end - start;
  };
  const size_t whole = digits_from(0);
  const bool dot = whole < text.size() && text[whole] == '.';
  const size_t fraction = dot ? digits_from(whole + 1) : 0;
  if (whole + fraction == 0) return {};
  const std::string_view decimal = text.substr(0, whole + (dot ? 1 : 0) + fraction);
  text.remove_prefix(decimal.size());
  return decimal;
}

// The value of decimal digits; nullopt above int64_t. An empty text is 0.
std::optional<int64_t> number_of(std::string_view digits) {
  return digits.empty() ? 0 : parse_number<int64_t>(digits);
}

// `decimal` units in nanoseconds: exact; nullopt for fractions of a nanosecond and above the limit.
std::optional<int64_t> nanos_of(std::string_view decimal, int64_t unit_nanos) {
  const size_t dot = std::min(decimal.find('.'), decimal.size());
  std::string_view fraction_digits = decimal.substr(std::min(dot + 1, decimal.size()));
  while (fraction_digits.ends_with('0')) fraction_digits.remove_suffix(1);
  constexpr size_t kFractionDigitsMax = 18;  // more do not fit, and give no whole nanoseconds
  if (fraction_digits.size() > kFractionDigitsMax) return std::nullopt;
  const auto whole = number_of(decimal.substr(0, dot));
  const auto fraction = number_of(fraction_digits);
  if (!whole || !fraction || *whole > kNanosMax / unit_nanos) return std::nullopt;
  Int128 scale = 1;
  for (size_t i = 0; i < fraction_digits.size(); ++i) scale *= 10;
  const Int128 fraction_nanos = Int128{*fraction} * unit_nanos;
  if (fraction_nanos % scale != 0) return std::nullopt;
  return *whole * unit_nanos + static_cast<int64_t>(fraction_nanos / scale);
}

// Correctly rounded where both fit a double's 53 bits after reduction. Range: 0 <= part <= whole.
double ratio(Int128 part, Int128 whole) {
  constexpr Int128 kExactMax = Int128{1} << 53;
  if (whole > kExactMax) {
    Int128 divisor = whole;
    for (Int128 rest = part; rest != 0;) divisor = std::exchange(rest, divisor % rest);
    part /= divisor;
    whole /= divisor;
  }
  return static_cast<double>(part) / static_cast<double>(whole);
}

}  // namespace

bool SceneTime::before(Duration other) const {
  return Int128{numerator} * kNanosPerSecond < Int128{other.count()} * denominator;
}

double SceneTime::progress(Duration start, Duration length) const {
  const Int128 passed = Int128{numerator} * kNanosPerSecond - Int128{start.count()} * denominator;
  return static_cast<double>(passed) / static_cast<double>(Int128{length.count()} * denominator);
}

Phase SceneTime::phase(Duration start, Duration length) const {
  LAYERCAST_CHECK(length.count() > 0);
  const Int128 passed = Int128{numerator} * kNanosPerSecond - Int128{start.count()} * denominator;
  const Int128 period = Int128{length.count()} * denominator;
  const auto [periods, part] = floor_divided(passed, period);
  // Rounding must not complete a period before its end.
  constexpr double kBelowOne = 1 - std::numeric_limits<double>::epsilon() / 2;
  return {static_cast<int64_t>(periods), std::min(ratio(part, period), kBelowOne),
          ratio(period - part, period)};
}

Duration SceneTime::floor() const {
  return Duration{static_cast<int64_t>(
      floor_divided(Int128{numerator} * kNanosPerSecond, denominator).quotient)};
}

SceneTime SceneTime::since(Duration start) const {
  if (start.count() == 0) return *this;
  Int128 part = Int128{numerator} * kNanosPerSecond - Int128{start.count()} * denominator;
  Int128 whole = Int128{denominator} * kNanosPerSecond;
  const FloorDivision<Int128> nanos = floor_divided(part, denominator);
  // Both are multiples of a power of ten, and often of the rate's numerator.
  Int128 a = part < 0 ? -part : part;
  for (Int128 b = whole; b != 0;) a = std::exchange(b, a % b);
  part /= a;
  whole /= a;
  constexpr Int128 kMax = std::numeric_limits<int64_t>::max();
  if (part <= kMax && part >= -kMax && whole <= kMax) {
    return {static_cast<int64_t>(part), static_cast<int64_t>(whole)};
  }
  return {static_cast<int64_t>(nanos.quotient + (nanos.remainder > 0 ? 1 : 0)), kNanosPerSecond};
}

SceneTime FrameRate::time_of(int64_t index) const { return {index * denominator, numerator}; }

int64_t FrameRate::index_at(Duration time) const {
  return static_cast<int64_t>(
      floor_divided(Int128{time.count()} * numerator, Int128{denominator} * kNanosPerSecond)
          .quotient);
}

int64_t FrameRate::frames_in(Duration duration) const {
  if (duration.count() <= 0) return 0;
  const Int128 unit = Int128{denominator} * kNanosPerSecond;
  return static_cast<int64_t>((Int128{duration.count()} * numerator + unit - 1) / unit);
}

std::string FrameRate::to_string() const {
  std::string text = std::to_string(numerator);
  if (denominator != 1) text.append("/").append(std::to_string(denominator));
  return text;
}

std::optional<FrameRate> parse_frame_rate(std::string_view text) {
  const size_t slash = text.find('/');
  const auto whole = [](std::string_view digits) -> std::optional<int32_t> {
    const auto number = parse_number<int32_t>(digits);
    return number && *number > 0 ? number : std::nullopt;
  };
  const auto numerator = whole(text.substr(0, slash));
  const auto denominator =
      slash == std::string_view::npos ? std::optional<int32_t>{1} : whole(text.substr(slash + 1));
  if (!numerator || !denominator) return std::nullopt;
  const int32_t divisor = std::gcd(*numerator, *denominator);
  return FrameRate{*numerator / divisor, *denominator / divisor};
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  int64_t total = 0;
  size_t place = 0;  // in kUnits: each unit at most once
  while (!text.empty()) {
    const std::string_view decimal = take_decimal(text);
    if (decimal.empty()) return std::nullopt;
    int64_t unit_nanos = kNanosPerSecond;
    if (text.empty()) {
      if (place != 0) return std::nullopt;  // in "1m30", the unit of 30 is missing
    } else {
      while (place < kUnits.size() && !begins_with(text, kUnits[place])) ++place;
      if (place == kUnits.size()) return std::nullopt;
      unit_nanos = kUnits[place].nanos;
      text.remove_prefix(kUnits[place].suffix.size());
      ++place;
    }
    const auto nanos = nanos_of(decimal, unit_nanos);
    if (!nanos || *nanos > kNanosMax - total) return std::nullopt;
    total += *nanos;
  }
  return Duration{total};
}

std::string duration_text(Duration duration) {
  const int64_t nanos = duration.count();
  if (nanos % kNanosPerSecond == 0) return std::to_string(nanos / kNanosPerSecond) + "s";
  if (nanos % 1'000'000 == 0) return std::to_string(nanos / 1'000'000) + "ms";
  std::string fraction = std::to_string(nanos % kNanosPerSecond);
  fraction.insert(0, 9 - fraction.size(), '0');
  while (fraction.ends_with('0')) fraction.pop_back();
  return std::to_string(nanos / kNanosPerSecond) + "." + fraction + "s";
}

std::string utc_text(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::milliseconds>(time - day));
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<size_t>(length)};
}

}  // namespace layercast::base
