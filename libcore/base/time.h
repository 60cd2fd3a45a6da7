#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace layercast::base {

/// A length of time as a user writes one: whole nanoseconds.
using Duration = std::chrono::nanoseconds;

/// A place in a series of equal periods.
struct Phase {
  int64_t periods = 0;   ///< whole periods passed; below 0 before the first
  double passed = 0;     ///< of the present period. Range: 0 to below 1
  double remaining = 1;  ///< 1 − passed, rounded by itself. Range: above 0 to 1
};

/// An instant of a scene in exact seconds (numerator/denominator) since its first frame.
/// Kept as a fraction because 1001/30000 s has no finite decimal form.
struct SceneTime {
  int64_t numerator = 0;
  int64_t denominator = 1;

  /// Exact: compares the fraction with the duration, without rounding either.
  bool before(Duration other) const;
  /// (this − start) ÷ length, from one division of exact integers.
  double progress(Duration start, Duration length) const;
  /// Where this instant lies in periods of `length` laid end to end from `start` on.
  /// Exact to one rounding however long ago `start` was. Range: length above 0.
  Phase phase(Duration start, Duration length) const;
  /// Rounded down.
  Duration floor() const;
  /// This instant counted from `start`: exact where its fraction fits, else rounded up to the
  /// nanosecond.
  SceneTime since(Duration start) const;
};

/// A frame rate as an exact fraction, such as 60/1 or 30000/1001.
struct FrameRate {
  int32_t numerator = 30;
  int32_t denominator = 1;
  bool operator==(const FrameRate&) const = default;

  /// When frame `index` is shown. Exact: never summed, so it does not drift.
  SceneTime time_of(int64_t index) const;
  /// The frame whose interval holds `time`: the last one that starts at or before it.
  int64_t index_at(Duration time) const;
  /// How many frames start before `duration` has passed.
  int64_t frames_in(Duration duration) const;
  /// Frames per second, for people and progress bars.
  double per_second() const { return static_cast<double>(numerator) / denominator; }
  /// `60` or `30000/1001`.
  std::string to_string() const;
};

/// Reads `60`, `29.97` is not a rate (it names no exact fraction), `30000/1001` is.
std::optional<FrameRate> parse_frame_rate(std::string_view text);

/// Reads `500ms`, `2s`, `1m30s`, `1h`, or a plain number of seconds. Exact to the nanosecond;
/// nullopt for anything else, negative or beyond 100 years.
std::optional<Duration> parse_duration(std::string_view text);

/// Whole seconds as `90s`, whole milliseconds as `1500ms`, else seconds with a fraction. Reads back
/// equal. Range: not negative.
std::string duration_text(Duration duration);

}  // namespace layercast::base
