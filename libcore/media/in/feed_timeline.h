#pragma once

#include "base/int128.h"
#include "base/time.h"

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>

namespace layercast::media {

/// Seconds per tick of a stream's clock, as an exact fraction. Range: both above 0, below 2^31.
struct TimeBase {
  int64_t numerator = 1;
  int64_t denominator = 1;
};

/// The speed at which a file is played: file seconds per second, as an exact fraction.
/// Range: both 1 to 2^20; a denominator up to 10000.
struct PlaybackRate {
  int64_t numerator = 1;
  int64_t denominator = 1;
};

/// The fraction nearest to `rate` whose denominator is at most 10000, so that decimals (1.1,
/// 0.0625) and truncated ones (0.333333) give the fraction that the user means. Range: 1/16 to 16.
PlaybackRate playback_rate(double rate);

/// The part of a file that is played, in the file's own time; the speed; and whether it loops.
struct FeedSpan {
  base::Duration start{};
  /// After `start`. nullopt: the end of the file.
  std::optional<base::Duration> end = std::nullopt;
  bool loop = false;
  PlaybackRate rate{};
};

/// A position in a feed: the pass over the file, and the tick of the file's time.
struct FeedPlace {
  int64_t round = 0;
  int64_t tick = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): the check sees a 0 that the compiler generates
  auto operator<=>(const FeedPlace&) const = default;
};

/// Maps an instant of the scene to a position in a feed.
/// Exact: compares instants with ticks as fractions; rounds only down to the tick that contains the
/// instant.
/// Thread: one at a time.
class FeedTimeline {
 public:
  static constexpr int64_t kNoTick = std::numeric_limits<int64_t>::max();

  FeedTimeline(TimeBase time_base, const FeedSpan& span);

  /// The tick that contains `start`.
  int64_t first_tick() const { return first_tick_; }
  /// The first tick at or after `end`; kNoTick without an `end`.
  int64_t end_tick() const { return end_tick_; }
  /// Whether the length of a pass of a looping feed is known.
  bool knows_length() const { return length_ > 0; }
  /// Sets the end of the file, which is the end of a pass without an `end`.
  /// Returns false when it is not after `start`.
  bool set_file_end(int64_t tick);

  /// The position for `instant`, which counts from `start`. Before 0, that for 0; after `end`, the
  /// last tick; in a looping feed of unknown length, a tick of the first pass.
  /// An instant with a denominator of 2^31 or more is first rounded up to the nanosecond.
  /// Range: below 100 years; proportionally less if the fractions are finer than nanoseconds of a
  /// file in ticks of a microsecond. Beyond the range, the last position.
  FeedPlace place_of(const base::SceneTime& instant) const;

  /// Seconds from `from` to `to`, rounded towards 0, as an estimate of the distance.
  int64_t seconds_between(const FeedPlace& from, const FeedPlace& to) const;

 private:
  TimeBase time_base_;
  FeedSpan span_;
  int64_t first_tick_ = 0;
  int64_t end_tick_ = kNoTick;
  /// Of a pass, in units of 1 / (10⁹ × the denominator of the time base) seconds. 0: unknown.
  base::Int128 length_ = 0;
};

}  // namespace layercast::media
