#include "scene/model/wall_time.h"

#include "base/ascii.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

namespace layercast::scene {
namespace {

using base::is_digit;
using base::take;

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
  int64_t place = 100'000'000;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  for (; !text.empty() && is_digit(text.front()); text.remove_prefix(1), place /= 10) {
    if (place == 0) return std::nullopt;
    nanos += place * (text.front() - '0');
  }
  return nanos;
}

std::optional<base::Duration> parse_time_of_day(std::string_view text) {
  const auto time = take_time_of_day(text);
  if (!time || !text.empty()) return std::nullopt;
  return time;
}

// A date and time up to the end, with an optional offset.
std::optional<WallTime> parse_date_time(std::string_view text) {
  const auto local = take_date_time(text);
  const auto offset = parse_offset(text);
  if (!local || !offset) return std::nullopt;
  return WallTime{local->time_since_epoch() - *offset};
}

}  // namespace

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

std::optional<base::LocalTime> take_date_time(std::string_view& text) {
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
  if (!date.ok() || !time) return std::nullopt;
  return base::LocalTime{std::chrono::local_days{date}} + *time;
}

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

base::Result<WallTime> parse_wall_time(std::string_view text) {
  if (const auto time = parse_time_of_day(text)) return WallTime{*time};
  if (const auto date_time = parse_date_time(text)) return *date_time;
  return base::invalid_input("\"" + std::string(text) + "\"" +
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

}  // namespace layercast::scene
