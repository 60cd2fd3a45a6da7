#include "scene/model/placeholder.h"

#include "base/floor_division.h"
#include "base/int128.h"
#include "scene/model/placeholder_argument.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace layercast::scene {
namespace {

using base::floor_divided;
using base::Int128;

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kSecondsPerDay = 86'400;
constexpr std::string_view kOpening = "{{";
constexpr std::string_view kClosing = "}}";
constexpr char kEscape = '\\';

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
  const std::chrono::sys_seconds instant{std::chrono::seconds{static_cast<int64_t>(
      floor_divided(parts, Int128{time.denominator} * kNanosPerSecond).quotient)}};
  const int64_t seconds =
      instant.time_since_epoch().count() + part.zone.offset_at(instant) / std::chrono::seconds{1};
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

// The first such time of day after `start`.
WallTime next_after(WallTime start, const TimeOfDay& time) {
  const base::Duration offset =
      time.zone.offset_at(std::chrono::floor<std::chrono::seconds>(start));
  const base::LocalTime local{start.time_since_epoch() + offset};
  auto midnight = std::chrono::floor<std::chrono::days>(local);
  WallTime next = time.zone.instant_of(midnight + time.since_midnight);
  while (next <= start) {
    midnight += std::chrono::days{1};
    next = time.zone.instant_of(midnight + time.since_midnight);
  }
  return next;
}

// The time from `start`, at which the layer begins, to the end of the countdown.
base::Duration length_of(const CountdownPart& part, WallTime start) {
  if (const auto* duration = std::get_if<base::Duration>(&part.until)) return *duration;
  if (const auto* instant = std::get_if<WallTime>(&part.until)) return *instant - start;
  return next_after(start, std::get<TimeOfDay>(part.until)) - start;
}

// MM:SS, or H:MM:SS from an hour up.
std::string minutes_text(int64_t seconds) {
  std::string text = padded(seconds / 60 % 60, 2) + ":" + padded(seconds % 60, 2);
  if (seconds >= 3600) text.insert(0, std::to_string(seconds / 3600) + ":");
  return text;
}

// The time from `start` to the frame, in nanoseconds × the denominator of `time`.
Int128 passed_since(base::Duration start, const base::SceneTime& time) {
  return Int128{time.numerator} * kNanosPerSecond - Int128{start.count()} * time.denominator;
}

std::string shown(const CountdownPart& part, const PlaceholderClock& clock) {
  const base::SceneTime time = clock.rate.time_of(clock.frame);
  const base::Duration length = length_of(part, clock.start + clock.layer_start);
  const bool is_duration = std::holds_alternative<base::Duration>(part.until);
  base::Duration start = clock.layer_start;
  if (is_duration && clock.stopwatch) {
    start = std::max(start, clock.stopwatch->reset_at.value_or(start));
  }
  const Int128 passed = passed_since(start, time);
  // Only a duration waits for its start.
  const bool waits = is_duration && passed < 0;
  const Int128 left = Int128{length.count()} * time.denominator - (waits ? Int128{0} : passed);
  const Int128 unit = Int128{time.denominator} * kNanosPerSecond;
  const auto seconds =
      std::max<int64_t>(0, static_cast<int64_t>(floor_divided(left + unit - 1, unit).quotient));
  return minutes_text(seconds);
}

// What the stopwatch shows, rounded down to a millisecond.
int64_t elapsed_milliseconds(const PlaceholderClock& clock) {
  const base::SceneTime time = clock.rate.time_of(clock.frame);
  const Stopwatch stopwatch = clock.stopwatch.value_or(Stopwatch{{}, clock.layer_start, {}});
  Int128 elapsed = Int128{stopwatch.elapsed.count()} * time.denominator;
  if (stopwatch.running_since) {
    elapsed += std::max(Int128{0}, passed_since(*stopwatch.running_since, time));
  }
  constexpr int64_t kNanosPerMillisecond = 1'000'000;
  return static_cast<int64_t>(elapsed / (Int128{time.denominator} * kNanosPerMillisecond));
}

std::string shown(const ElapsedPart& part, const PlaceholderClock& clock) {
  const int64_t milliseconds = elapsed_milliseconds(clock);
  const int64_t seconds = milliseconds / 1000;
  std::string text;
  switch (part.largest) {
    case ElapsedPart::Largest::kHoursIfAny:
      text = minutes_text(seconds);
      break;
    case ElapsedPart::Largest::kHours:
      text = padded(seconds / 3600, 2) + ":" + padded(seconds / 60 % 60, 2) + ":" +
             padded(seconds % 60, 2);
      break;
    case ElapsedPart::Largest::kMinutes:
      text = padded(seconds / 60, 2) + ":" + padded(seconds % 60, 2);
      break;
    case ElapsedPart::Largest::kSeconds:
      text = padded(seconds, 2);
      break;
  }
  if (part.decimals == 0) return text;
  const std::string fraction = padded(milliseconds % 1000, 3);
  return text + "." + fraction.substr(0, static_cast<size_t>(part.decimals));
}

// The value of the count in its units; it reaches `to` exactly at its end.
int64_t units_at(const CountPart& part, const PlaceholderClock& clock) {
  const base::SceneTime time = clock.rate.time_of(clock.frame);
  const Int128 passed = passed_since(clock.layer_start, time);
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
