#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace layercast::base {

/// A length of time in whole nanoseconds.
using Duration = std::chrono::nanoseconds;

/// An instant in UTC, as a wall clock shows it.
using WallTime = std::chrono::sys_time<Duration>;

/// A position in a series of equal periods.
struct Phase {
  int64_t periods = 0;   ///< whole periods passed; below 0 before the first
  double passed = 0;     ///< fraction of the present period. Range: 0 to below 1
  double remaining = 1;  ///< 1 − passed, rounded separately. Range: above 0 to 1
};

/// An instant of a scene in exact seconds (numerator/denominator) since its first frame.
/// Kept as a fraction because 1001/30000 s has no finite decimal form.
struct SceneTime {
  int64_t numerator = 0;
  int64_t denominator = 1;

  /// Whether this instant is before `other`. Exact: rounds neither of them.
  bool before(Duration other) const;
  /// (this − start) ÷ length, from one division of exact integers.
  double progress(Duration start, Duration length) const;
  /// The position of this instant in consecutive periods of `length` that begin at `start`.
  /// Exact to one rounding, however long ago `start` was. Range: length above 0.
  Phase phase(Duration start, Duration length) const;
  /// This instant since the first frame, rounded down to the nanosecond.
  Duration floor() const;
  /// This instant relative to `start`: exact where the fraction fits 64 bits, else rounded up to
  /// the nanosecond.
  SceneTime since(Duration start) const;
};

/// A frame rate as an exact fraction, such as 60/1 or 30000/1001.
struct FrameRate {
  int32_t numerator = 30;
  int32_t denominator = 1;
  bool operator==(const FrameRate&) const = default;

  /// The time at which frame `index` starts. Exact: never summed, so it does not drift.
  SceneTime time_of(int64_t index) const;
  /// The frame whose interval contains `time`: the last one that starts at or before it.
  int64_t index_at(Duration time) const;
  /// The number of frames that start before `duration` has passed; 0 for a negative duration.
  int64_t frames_in(Duration duration) const;
  /// Frames per second, for people and progress bars.
  double per_second() const { return static_cast<double>(numerator) / denominator; }
  /// `60` or `30000/1001`.
  std::string to_string() const;
};

/// Reads `60` or `30000/1001`, in lowest terms; nullopt for anything else, such as `29.97`, which
/// names no exact fraction.
std::optional<FrameRate> parse_frame_rate(std::string_view text);

/// Reads `500ms`, `2s`, `1m30s`, `1h`, or a plain number of seconds. Exact to the nanosecond;
/// nullopt for anything else, negative or beyond 100 years.
std::optional<Duration> parse_duration(std::string_view text);

/// Whole seconds as `90s`, whole milliseconds as `1500ms`, else seconds with a fraction.
/// parse_duration() returns the same value. Range: not negative.
std::string duration_text(Duration duration);

/// ISO 8601 in UTC, rounded down to milliseconds: `2026-01-01T18:00:00.123Z`.
std::string utc_text(WallTime time);

}  // namespace layercast::base
