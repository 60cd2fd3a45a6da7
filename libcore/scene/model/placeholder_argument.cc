#include "scene/model/placeholder_argument.h"

#include "base/ascii.h"
#include "base/nearest.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <utility>

namespace layercast::scene {
namespace {

using base::is_digit;
using base::is_letter;
using base::take;
using base::trimmed;

constexpr std::string_view kDefaultClockFormat = "%H:%M:%S";
constexpr std::string_view kClockForms =
    "a format of %Y %m %d %H %M %S or of yyyy MM dd HH mm ss, a time zone, or both, such as HH:mm "
    "Europe/Zurich";
constexpr std::string_view kCountdownForms =
    "a duration such as 10m; to count to a time, write {{countdown_to:18:30}}";
constexpr std::string_view kCountdownToForms =
    "a time of day such as 18:30 (UTC), 18:30+02:00 or 18:30 Europe/Berlin, or a date and time "
    "such "
    "as 2026-01-01T18:00:00Z";
constexpr std::string_view kCountForms =
    "a first number, a last number, a duration of at most a day and optionally a format, such as "
    "{{count:0,1500,2s}} or {{count:0,99.5,2s,#,##0.00}}";
constexpr std::string_view kElapsedForms =
    "hh:mm:ss, mm:ss or ss, with at most three decimals, such as mm:ss.S";
constexpr std::array<std::string_view, 7> kNames = {
    "clock", "timecode", "frame", "countdown", "countdown_to", "count", "elapsed"};

std::string quoted(std::string_view text) { return "\"" + std::string(text) + "\""; }

PartOrFault fault(std::string problem, std::string expected) {
  return PlaceholderFault{0, std::move(problem), std::move(expected)};
}

// --- time zones ---

// An argument and the time zone named at its end.
struct Zoned {
  std::string_view argument;
  std::optional<std::string_view> zone;
};

// Splits off the last word if `is_zone` accepts it.
template <class IsZone>
Zoned split_zone(std::string_view text, IsZone is_zone) {
  const size_t space = text.rfind(' ');
  const std::string_view word = space == std::string_view::npos ? text : text.substr(space + 1);
  if (!is_zone(word)) return {text, std::nullopt};
  return {trimmed(text.substr(0, text.size() - word.size())), word};
}

base::Result<base::TimeZone, PlaceholderFault> find_zone(std::optional<std::string_view> name) {
  if (!name) return base::TimeZone();
  auto zone = base::TimeZone::find(*name);
  if (zone) return std::move(zone).value();
  const auto nearest = base::nearest_time_zone(*name);
  return PlaceholderFault{0, std::move(zone).error().message,
                          "a time zone such as Europe/Zurich" +
                              (nearest ? "; did you mean " + quoted(*nearest) + "?" : "")};
}

// --- clock ---

// A field of the clock in both notations.
struct ClockField {
  std::string_view letters;
  char percent;
};
constexpr std::array<ClockField, 6> kClockFields = {
    {{"yyyy", 'Y'}, {"MM", 'm'}, {"dd", 'd'}, {"HH", 'H'}, {"mm", 'M'}, {"ss", 'S'}}};

// The length of the run of equal characters at the beginning of `text`.
size_t run_length(std::string_view text) {
  return std::min(text.find_first_not_of(text.front()), text.size());
}

// A format of letters, such as HH:mm, in the percent notation; the first unknown field otherwise.
base::Result<std::string, PlaceholderFault> percent_format(std::string_view letters) {
  std::string format;
  while (!letters.empty()) {
    const std::string_view run = letters.substr(0, run_length(letters));
    letters.remove_prefix(run.size());
    if (!is_letter(run.front())) {
      format += run;
      continue;
    }
    const auto field = std::ranges::find(kClockFields, run, &ClockField::letters);
    if (field == kClockFields.end()) {
      return PlaceholderFault{0, "the clock's format has the unknown field " + quoted(run),
                              std::string(kClockForms)};
    }
    format.append({'%', field->percent});
  }
  return format;
}

// The first unknown field of a format such as %H:%M; empty if all are known.
std::string_view unknown_percent_field(std::string_view format) {
  for (size_t i = 0; i < format.size(); ++i) {
    if (format[i] != '%') continue;
    const std::string_view field = format.substr(i, 2);
    const bool is_known =
        field == "%%" ||
        (field.size() == 2 &&
         std::ranges::find(kClockFields, field[1], &ClockField::percent) != kClockFields.end());
    if (!is_known) return field;
    ++i;
  }
  return {};
}

// Whether the last word of a clock's argument is a zone: it has a slash, unlike UTC, which may be
// text after a format, and is no format such as dd/MM/yyyy.
bool is_zone_of_clock(std::string_view word) {
  return word.find('/') != std::string_view::npos && word.find('%') == std::string_view::npos &&
         !percent_format(word);
}

PartOrFault parse_clock(std::optional<std::string_view> argument) {
  if (!argument) return TextPart{ClockPart{std::string(kDefaultClockFormat)}};
  if (argument->empty()) return fault("the clock's format is empty", std::string(kClockForms));
  const auto [format, zone_name] = split_zone(*argument, is_zone_of_clock);
  auto zone = find_zone(zone_name);
  if (!zone) return std::move(zone).error();
  ClockPart part{std::string(kDefaultClockFormat), std::move(zone).value()};
  if (format.empty()) return TextPart{std::move(part)};
  if (format.find('%') == std::string_view::npos) {
    auto letters = percent_format(format);
    if (!letters) return std::move(letters).error();
    part.format = std::move(letters).value();
    return TextPart{std::move(part)};
  }
  if (const auto unknown = unknown_percent_field(format); !unknown.empty()) {
    return fault("the clock's format has the unknown field " + quoted(unknown),
                 std::string(kClockForms));
  }
  part.format = format;
  return TextPart{std::move(part)};
}

// --- countdowns ---

bool is_zone_of_time(std::string_view word) {
  return word.size() > 1 && is_letter(word.front());  // Z is an offset
}

// A time of day or a date and time, each with an optional offset or time zone; nullopt for others.
std::optional<PartOrFault> parse_countdown_time(std::string_view text) {
  const auto [time_text, zone_name] = split_zone(text, is_zone_of_time);
  // A function that finds no time may have taken a part of its text.
  std::string_view after_moment = time_text;
  std::string_view after_time = time_text;
  const auto moment = take_date_time(after_moment);
  const auto time = moment ? std::nullopt : take_time_of_day(after_time);
  const std::string_view offset_text = trimmed(moment ? after_moment : after_time);
  const auto offset = parse_offset(offset_text);
  if ((!moment && !time) || !offset) return std::nullopt;
  if (zone_name && !offset_text.empty()) {
    return fault("the end of the countdown has the offset " + quoted(offset_text) +
                     " and the time zone " + quoted(*zone_name),
                 "one of them");
  }
  auto zone = find_zone(zone_name);
  if (!zone) return std::move(zone).error();
  if (moment) return TextPart{CountdownPart{zone.value().instant_of(*moment) - *offset}};
  constexpr base::Duration kDay = std::chrono::days{1};
  return TextPart{CountdownPart{TimeOfDay{(*time - *offset + kDay) % kDay, zone.value()}}};
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

// --- counts ---

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

// --- stopwatches ---

PartOrFault parse_elapsed(std::optional<std::string_view> format) {
  using Largest = ElapsedPart::Largest;
  if (!format) return TextPart{ElapsedPart{}};
  constexpr std::array<std::pair<std::string_view, Largest>, 3> kForms = {
      {{"hh:mm:ss", Largest::kHours}, {"mm:ss", Largest::kMinutes}, {"ss", Largest::kSeconds}}};
  for (const auto& [form, largest] : kForms) {
    if (!format->starts_with(form)) continue;
    std::string_view rest = format->substr(form.size());
    if (rest.empty()) return TextPart{ElapsedPart{largest, 0}};
    constexpr size_t kDecimalsMax = 3;
    const bool has_decimals = take(rest, '.') && !rest.empty() && rest.size() <= kDecimalsMax &&
                              rest.find_first_not_of('S') == std::string_view::npos;
    if (has_decimals) return TextPart{ElapsedPart{largest, static_cast<int>(rest.size())}};
  }
  return fault("the format of the stopwatch is " + quoted(*format), std::string(kElapsedForms));
}

std::string known_names() {
  std::string names;
  for (size_t i = 0; i < kNames.size(); ++i) {
    if (i > 0) names += i + 1 == kNames.size() ? " or " : ", ";
    names += kNames[i];
  }
  return names;
}

}  // namespace

PartOrFault parse_placeholder(std::string_view inside) {
  const size_t colon = inside.find(':');
  const std::string_view name = trimmed(inside.substr(0, colon));
  std::optional<std::string_view> argument;
  if (colon != std::string_view::npos) argument = trimmed(inside.substr(colon + 1));
  if (name == "clock") return parse_clock(argument);
  if (name == "countdown") return parse_countdown(argument);
  if (name == "countdown_to") return parse_countdown_to(argument);
  if (name == "count") return parse_count(argument);
  if (name == "elapsed") return parse_elapsed(argument);
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

}  // namespace layercast::scene
