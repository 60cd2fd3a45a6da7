#include "scene/model/placeholder.h"

#include "base/ascii.h"
#include "base/floor_division.h"
#include "base/int128.h"
#include "base/nearest.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <optional>
#include <utility>

namespace layercast::scene {
namespace {

using base::floor_divided;
using base::Int128;
using base::is_digit;
using base::trimmed;

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr std::string_view kOpening = "{{";
constexpr std::string_view kClosing = "}}";
constexpr char kEscape = '\\';
constexpr std::string_view kDefaultClockFormat = "%H:%M:%S";
constexpr std::string_view kCountdownForms =
    "a duration such as 10m; to count to a time, write {{countdown_to:18:30}}";
constexpr std::string_view kCountdownToForms =
    "a time of day such as 18:30 (UTC) or 18:30+02:00, or a date and time such as "
    "2026-01-01T18:00:00Z";
constexpr std::string_view kCountForms =
    "a first number, a last number, a duration of at most a day and optionally a format, such as "
    "{{count:0,1500,2s}} or {{count:0,99.5,2s,#,##0.00}}";
constexpr std::array<std::string_view, 6> kNames = {"clock",     "timecode",     "frame",
                                                    "countdown", "countdown_to", "count"};

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

// --- reading times ---

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

// Exactly `count` digits.
std::optional<int> take_digits(std::string_view& text, size_t count) {
  if (text.size() < count) return std::nullopt;
  int number = 0;
  for (const char c : text.substr(0, count)) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return number;
}

// A fraction of a second after its point: one to nine digits.
std::optional<int64_t> take_nanos(std::string_view& text) {
  int64_t nanos = 0;
  int64_t place = kNanosPerSecond / 10;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), place /= 10) {
    if (place == 0) return std::nullopt;
    nanos += place * (text.front() - '0');
  }
  return nanos;
}

// HH:MM[:SS[.fraction]]
std::optional<base::Duration> take_time_of_day(std::string_view& text) {
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23 || !take(text, ':')) return std::nullopt;
  const auto minutes = take_digits(text, 2);
  if (!minutes || *minutes > 59) return std::nullopt;
  base::Duration time = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  if (!take(text, ':')) return time;
  const auto seconds = take_digits(text, 2);
  if (!seconds || *seconds > 59) return std::nullopt;
  time += std::chrono::seconds(*seconds);
  if (!take(text, '.')) return time;
  const auto nanos = take_nanos(text);
  if (!nanos) return std::nullopt;
  return time + base::Duration{*nanos};
}

std::optional<base::Duration> parse_time_of_day(std::string_view text) {
  const auto time = take_time_of_day(text);
  if (!time || !text.empty()) return std::nullopt;
  return time;
}

// Z, ±HH:MM, ±HHMM, ±HH or nothing, up to the end.
std::optional<base::Duration> parse_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return base::Duration{0};
  const bool west = text.front() == '-';
  if (!take(text, '+') && !take(text, '-')) return std::nullopt;
  const auto hours = take_digits(text, 2);
  if (!hours || *hours > 23) return std::nullopt;
  int minutes = 0;
  if (!text.empty()) {
    take(text, ':');
    const auto digits = take_digits(text, 2);
    if (!digits || *digits > 59 || !text.empty()) return std::nullopt;
    minutes = *digits;
  }
  const base::Duration offset = std::chrono::hours(*hours) + std::chrono::minutes(minutes);
  return west ? -offset : offset;
}

// YYYY-MM-DD, then T or a space, a time of day, and the offset.
std::optional<WallTime> parse_date_time(std::string_view text) {
  const auto year = take_digits(text, 4);
  // The difference of two instants must fit into 64 bits of nanoseconds, 292 years.
  if (!year || *year < 1900 || *year > 2099 || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || !(take(text, 'T') || take(text, 't') || take(text, ' '))) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  const auto time = take_time_of_day(text);
  const auto offset = parse_offset(text);
  if (!date.ok() || !time || !offset) return std::nullopt;
  return WallTime{std::chrono::sys_days{date}} + *time - *offset;
}

// --- reading placeholders ---

// The part of a placeholder, or its fault.
using PartOrFault = base::Result<TextPart, PlaceholderFault>;

PartOrFault fault(std::string problem, std::string expected) {
  return PlaceholderFault{0, std::move(problem), std::move(expected)};
}

PartOrFault parse_clock(std::optional<std::string_view> format) {
  if (!format) return TextPart{ClockPart{std::string(kDefaultClockFormat)}};
  constexpr std::string_view kFields = "YmdHMS%";
  const auto expected = [] { return std::string("a format of %Y %m %d %H %M %S"); };
  if (format->empty()) return fault("the clock's format is empty", expected());
  for (size_t i = 0; i < format->size(); ++i) {
    if ((*format)[i] != '%') continue;
    const std::string_view field = format->substr(i, 2);
    if (field.size() < 2 || kFields.find(field[1]) == std::string_view::npos) {
      return fault("the clock's format has the unknown field " + quoted(field), expected());
    }
    ++i;
  }
  return TextPart{ClockPart{std::string(*format)}};
}

// A time of day with an optional offset from UTC, or a date and time.
std::optional<TextPart> parse_countdown_time(std::string_view text) {
  if (const auto date_time = parse_date_time(text)) return TextPart{CountdownPart{*date_time}};
  const auto time = take_time_of_day(text);
  const auto offset = parse_offset(trimmed(text));
  if (!time || !offset) return std::nullopt;
  constexpr base::Duration kDay = std::chrono::days{1};
  return TextPart{CountdownPart{TimeOfDay{(*time - *offset + kDay) % kDay}}};
}

PartOrFault parse_countdown(std::optional<std::string_view> until) {
  const auto expected = std::string(kCountdownForms);
  if (!until || until->empty()) return fault("the countdown has no end", expected);
  if (const auto duration = base::parse_duration(*until)) {
    return TextPart{CountdownPart{*duration}};
  }
  if (auto part = parse_countdown_time(*until)) return *std::move(part);
  return fault("the end of the countdown is " + quoted(*until), expected);
}

PartOrFault parse_countdown_to(std::optional<std::string_view> until) {
  const auto expected = std::string(kCountdownToForms);
  if (!until || until->empty()) return fault("the countdown has no end", expected);
  if (auto part = parse_countdown_time(*until)) return *std::move(part);
  const bool is_duration = base::parse_duration(*until).has_value();
  return fault("the end of the countdown is " + quoted(*until),
               is_duration
                   ? "a time; a duration is written {{countdown:" + std::string(*until) + "}}"
                   : expected);
}

// A decimal number in units of its last decimal.
struct Decimal {
  int64_t units = 0;
  int decimals = 0;
};

std::optional<Decimal> parse_decimal(std::string_view text) {
  const bool is_negative = take(text, '-');
  if (!is_negative) take(text, '+');
  const size_t point = std::min(text.find('.'), text.size());
  const std::string_view fraction = text.substr(std::min(point + 1, text.size()));
  const std::string digits = std::string(text.substr(0, point)).append(fraction);
  const bool ends_at_point = point + 1 == text.size();
  constexpr size_t kDigitsMax = 16;
  if (point == 0 || ends_at_point || digits.size() > kDigitsMax) return std::nullopt;
  if (!std::ranges::all_of(digits, is_digit)) return std::nullopt;
  int64_t units = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), units);
  return Decimal{is_negative ? -units : units, static_cast<int>(fraction.size())};
}

// `number` in units of the `decimals`-th decimal; nullopt if it has more decimals or is out of
// range.
std::optional<int64_t> in_units(Decimal number, int decimals) {
  if (number.decimals > decimals) return std::nullopt;
  for (; number.decimals < decimals; ++number.decimals) {
    if (static_cast<double>(std::abs(number.units)) > limits::kCount.max) return std::nullopt;
    number.units *= 10;
  }
  if (static_cast<double>(std::abs(number.units)) > limits::kCount.max) return std::nullopt;
  return number.units;
}

// One character that cannot be part of a number.
std::optional<std::string> take_separator(std::string_view& text) {
  if (text.empty() || is_digit(text.front()) || text.front() == '#') return std::nullopt;
  size_t length = 1;
  while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) {
    ++length;
  }
  const std::string separator(text.substr(0, length));
  text.remove_prefix(length);
  return separator;
}

// `0`, `0.00`, `#,##0`, `#.##0,00`…
bool parse_count_format(std::string_view format, CountPart& part) {
  if (take(format, '#')) {
    const auto group = take_separator(format);
    if (!group || !format.starts_with("##")) return false;
    part.group = *group;
    format.remove_prefix(2);
  }
  if (!take(format, '0')) return false;
  part.decimals = 0;
  if (format.empty()) return true;
  const auto point = take_separator(format);
  constexpr size_t kDecimalsMax = 9;
  if (!point || format.empty() || format.size() > kDecimalsMax) return false;
  if (format.find_first_not_of('0') != std::string_view::npos) return false;
  part.point = *point;
  part.decimals = static_cast<int>(format.size());
  return true;
}

// Takes the text before the next comma, or all of it.
std::string_view take_item(std::string_view& text) {
  const size_t comma = std::min(text.find(','), text.size());
  const std::string_view item = trimmed(text.substr(0, comma));
  text.remove_prefix(std::min(comma + 1, text.size()));
  return item;
}

PartOrFault parse_count(std::optional<std::string_view> argument) {
  const auto expected = std::string(kCountForms);
  if (!argument) return fault("the count has no numbers", expected);
  std::string_view rest = *argument;
  const std::string_view from_text = take_item(rest);
  const std::string_view to_text = take_item(rest);
  const std::string_view duration_text = take_item(rest);
  const auto from = parse_decimal(from_text);
  if (!from) return fault("the count starts at " + quoted(from_text), expected);
  const auto to = parse_decimal(to_text);
  if (!to) return fault("the count ends at " + quoted(to_text), expected);
  const auto duration = base::parse_duration(duration_text);
  const auto longest = std::chrono::seconds(static_cast<int64_t>(limits::kCountSeconds.max));
  if (!duration || *duration > longest) {
    return fault("the duration of the count is " + quoted(duration_text), expected);
  }
  CountPart part;
  part.duration = *duration;
  part.decimals = std::max(from->decimals, to->decimals);
  if (!rest.empty() && !parse_count_format(rest, part)) {
    return fault("the format of the count is " + quoted(rest), expected);
  }
  const auto first = in_units(*from, part.decimals);
  const auto last = in_units(*to, part.decimals);
  if (!first || !last) {
    return fault("the count goes from " + quoted(from_text) + " to " + quoted(to_text) + " with " +
                     std::to_string(part.decimals) + " decimals",
                 "numbers of at most 15 digits that end with the last decimal shown");
  }
  part.from = *first;
  part.to = *last;
  return TextPart{std::move(part)};
}

std::string known_names() {
  std::string names;
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (i > 0) names += i + 1 == kNames.size() ? " or " : ", ";
    names += kNames[i];
  }
  return names;
}

// Parses the text between the braces.
PartOrFault parse_placeholder(std::string_view inside) {
  const size_t colon = inside.find(':');
  const std::string_view name = trimmed(inside.substr(0, colon));
  std::optional<std::string_view> argument;
  if (colon != std::string_view::npos) argument = trimmed(inside.substr(colon + 1));
  if (name == "clock") return parse_clock(argument);
  if (name == "countdown") return parse_countdown(argument);
  if (name == "countdown_to") return parse_countdown_to(argument);
  if (name == "count") return parse_count(argument);
  if (name == "timecode" || name == "frame") {
    if (argument) {
      return fault(quoted(name) + " has the argument " + quoted(*argument),
                   "{{" + std::string(name) + "}}");
    }
    return name == "frame" ? TextPart{FramePart{}} : TextPart{TimecodePart{}};
  }
  const auto nearest = base::nearest_name(name, kNames);
  return fault("there is no placeholder " + quoted(name),
               known_names() + (nearest ? "; did you mean " + quoted(*nearest) + "?" : ""));
}

// The warning about a time as the argument of `countdown`, where it looks like a duration: 10:00 is
// ten o'clock, not ten minutes.
std::optional<PlaceholderFault> ambiguity_of(std::string_view inside, const TextPart& part) {
  const auto* countdown = std::get_if<CountdownPart>(&part);
  const size_t colon = inside.find(':');
  const bool is_time =
      countdown != nullptr && !std::holds_alternative<base::Duration>(countdown->until);
  if (!is_time || trimmed(inside.substr(0, colon)) != "countdown") return std::nullopt;
  const std::string until(trimmed(inside.substr(colon + 1)));
  return PlaceholderFault{0, "{{countdown:" + until + "}} counts to a time of day or a date",
                          "{{countdown_to:" + until + "}}, or a duration such as 10m"};
}

void add_text(TextParts& parts, std::string_view text) {
  if (text.empty()) return;
  if (!parts.empty()) {
    if (auto* last = std::get_if<std::string>(&parts.back())) {
      *last += text;
      return;
    }
  }
  parts.emplace_back(std::string(text));
}

// --- showing ---

std::string padded(int64_t number, size_t digits) {
  std::string text = std::to_string(number);
  if (text.size() < digits) text.insert(0, digits - text.size(), '0');
  return text;
}

std::string shown(const std::string& text, const PlaceholderClock&) { return text; }

std::string shown(const ClockPart& part, const PlaceholderClock& clock) {
  const base::SceneTime time = clock.rate.time_of(clock.frame);
  const Int128 parts = Int128{clock.start.time_since_epoch().count()} * time.denominator +
                       Int128{time.numerator} * kNanosPerSecond;
  const auto seconds = static_cast<int64_t>(
      floor_divided(parts, Int128{time.denominator} * kNanosPerSecond).quotient);
  const auto [days, second_of_day] = floor_divided(seconds, kSecondsPerDay);
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  std::string text;
  for (size_t i = 0; i < part.format.size(); ++i) {
    if (part.format[i] != '%' || i + 1 == part.format.size()) {
      text += part.format[i];
      continue;
    }
    switch (part.format[++i]) {
      case 'Y':
        text += padded(int{date.year()}, 4);
        break;
      case 'm':
        text += padded(unsigned{date.month()}, 2);
        break;
      case 'd':
        text += padded(unsigned{date.day()}, 2);
        break;
      case 'H':
        text += padded(second_of_day / 3600, 2);
        break;
      case 'M':
        text += padded(second_of_day / 60 % 60, 2);
        break;
      case 'S':
        text += padded(second_of_day % 60, 2);
        break;
      default:
        text += part.format[i];
        break;
    }
  }
  return text;
}

std::string shown(const TimecodePart&, const PlaceholderClock& clock) {
  const int64_t rate =
      (int64_t{clock.rate.numerator} + clock.rate.denominator - 1) / clock.rate.denominator;
  const int64_t seconds = clock.frame / rate;
  const size_t digits = std::max<size_t>(2, std::to_string(rate - 1).size());
  return padded(seconds / 3600 % 24, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" +
         padded(seconds % 60, 2) + ":" + padded(clock.frame % rate, digits);
}

std::string shown(const FramePart&, const PlaceholderClock& clock) {
  return std::to_string(clock.frame);
}

// The time from `start`, at which the layer begins, to the end of the countdown.
base::Duration length_of(const CountdownPart& part, WallTime start) {
  if (const auto* duration = std::get_if<base::Duration>(&part.until)) return *duration;
  if (const auto* instant = std::get_if<WallTime>(&part.until)) return *instant - start;
  const auto midnight = std::chrono::floor<std::chrono::days>(start);
  const base::Duration length = midnight + std::get<TimeOfDay>(part.until).since_midnight - start;
  return length > base::Duration{0} ? length : length + std::chrono::days{1};
}

std::string shown(const CountdownPart& part, const PlaceholderClock& clock) {
  const base::SceneTime time = clock.rate.time_of(clock.frame);
  const base::Duration length = length_of(part, clock.start + clock.layer_start);
  const Int128 passed = Int128{time.numerator} * kNanosPerSecond -
                        Int128{clock.layer_start.count()} * time.denominator;
  // Only a duration waits for the layer's start.
  const bool waits = std::holds_alternative<base::Duration>(part.until) && passed < 0;
  const Int128 left = Int128{length.count()} * time.denominator - (waits ? Int128{0} : passed);
  const Int128 unit = Int128{time.denominator} * kNanosPerSecond;
  const auto seconds =
      std::max<int64_t>(0, static_cast<int64_t>(floor_divided(left + unit - 1, unit).quotient));
  std::string text = padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
  if (seconds >= 3600) text.insert(0, std::to_string(seconds / 3600) + ":");
  return text;
}

// The value of the count in its units; it reaches `to` exactly at its end.
int64_t units_at(const CountPart& part, const PlaceholderClock& clock) {
  const base::SceneTime time = clock.rate.time_of(clock.frame);
  const Int128 passed = Int128{time.numerator} * kNanosPerSecond -
                        Int128{clock.layer_start.count()} * time.denominator;
  const Int128 whole = Int128{part.duration.count()} * time.denominator;
  if (passed >= whole) return part.to;
  if (passed <= 0) return part.from;
  return part.from + static_cast<int64_t>(Int128{part.to - part.from} * passed / whole);
}

std::string shown(const CountPart& part, const PlaceholderClock& clock) {
  const int64_t units = units_at(part, clock);
  const auto decimals = static_cast<size_t>(part.decimals);
  const std::string digits = padded(std::abs(units), decimals + 1);
  const std::string whole = digits.substr(0, digits.size() - decimals);
  std::string text = units < 0 ? "-" : "";
  for (size_t i = 0; i < whole.size(); ++i) {
    if (i > 0 && (whole.size() - i) % 3 == 0) text += part.group;
    text += whole[i];
  }
  if (decimals > 0) text.append(part.point).append(digits, whole.size());
  return text;
}

}  // namespace

base::Result<WallTime> parse_wall_time(std::string_view text) {
  if (const auto time = parse_time_of_day(text)) return WallTime{*time};
  if (const auto date_time = parse_date_time(text)) return *date_time;
  return base::invalid_input(quoted(text) +
                             " is not a time, expected HH:MM, HH:MM:SS, or a date and time such as "
                             "2026-01-01T18:00:00Z");
}

std::optional<WallTime> parse_instant(std::string_view text) {
  const size_t time = text.find_first_of("Tt ");
  // Without an offset it could be the local time.
  if (time == std::string_view::npos ||
      text.find_first_of("Zz+-", time) == std::string_view::npos) {
    return std::nullopt;
  }
  return parse_date_time(text);
}

ParsedText parse_placeholders(std::string_view text) {
  ParsedText parsed;
  size_t at = 0;
  while (at < text.size()) {
    const size_t opening = text.find(kOpening, at);
    if (opening == std::string_view::npos) break;
    if (opening > at && text[opening - 1] == kEscape) {
      add_text(parsed.parts, text.substr(at, opening - 1 - at));
      add_text(parsed.parts, kOpening);
      at = opening + kOpening.size();
      continue;
    }
    add_text(parsed.parts, text.substr(at, opening - at));
    const size_t inside = opening + kOpening.size();
    const size_t closing = text.find(kClosing, inside);
    if (closing == std::string_view::npos) {
      parsed.faults.push_back({opening, "\"{{\" is never closed", "\"}}\", or \"\\{{\" as text"});
      at = opening;
      break;
    }
    const std::string_view placeholder = text.substr(inside, closing - inside);
    PartOrFault found = parse_placeholder(placeholder);
    at = closing + kClosing.size();
    if (found.ok()) {
      if (auto warning = ambiguity_of(placeholder, found.value())) {
        warning->offset = opening;
        parsed.warnings.push_back(*std::move(warning));
      }
      parsed.parts.push_back(std::move(found).value());
    } else {
      parsed.faults.push_back(std::move(found).error());
      parsed.faults.back().offset = opening;
      add_text(parsed.parts, text.substr(opening, at - opening));
    }
  }
  add_text(parsed.parts, text.substr(at));
  return parsed;
}

bool changes_with_time(const TextParts& parts) {
  return std::ranges::any_of(
      parts, [](const TextPart& part) { return !std::holds_alternative<std::string>(part); });
}

std::string expanded(const TextParts& parts, const PlaceholderClock& clock) {
  std::string text;
  for (const TextPart& part : parts) {
    text += std::visit([&](const auto& each) { return shown(each, clock); }, part);
  }
  return text;
}

}  // namespace layercast::scene
