#pragma once

#include "base/time.h"

#include <compare>
#include <cstdint>
#include <limits>
#include <optional>

namespace layercast::media {

/// Seconds in one tick of a stream's clock, as an exact fraction. Range: both above 0, below 2^31.
struct TimeBase {
  int64_t numerator = 1;
  int64_t denominator = 1;
};

/// How fast a file is played: seconds of it a second, as an exact fraction.
/// Range: both 1 to 2^20; a denominator up to 10000.
struct PlaybackRate {
  int64_t numerator = 1;
  int64_t denominator = 1;
};

/// The fraction nearest to `rate` whose denominator is at most 10000: what a user writes in
/// decimals (1.1, 0.0625) or cut off (0.333333) as what it stands for. Range: 1/16 to 16.
PlaybackRate playback_rate(double rate);

/// Which part of a file is played, in its own time, how fast, and whether again and again.
struct FeedSpan {
  base::Duration start{};
  std::optional<base::Duration> end =
      std::nullopt;  ///< After `start`. Absent: where the file ends.
  bool loop = false;
  PlaybackRate rate{};
};

/// A place in what is played: the pass over the file, and the tick of the file's time.
struct FeedPlace {
  int64_t round = 0;
  int64_t tick = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): what it sees is the compiler's own 0
  auto operator<=>(const FeedPlace&) const = default;
};

/// Finds the place that belongs to an instant of the scene.
/// Exact: instants are compared with ticks as fractions; nothing is rounded but down to the tick
/// that holds the instant.
/// Thread: one at a time.
class FeedTimeline {
 public:
  static constexpr int64_t kNoTick = std::numeric_limits<int64_t>::max();

  FeedTimeline(TimeBase time_base, const FeedSpan& span);

  /// The tick in which `start` lies.
  int64_t first_tick() const { return first_tick_; }
  /// The first tick that `end` shuts out; kNoTick without an `end`.
  int64_t end_tick() const { return end_tick_; }
  /// Whether a looping feed knows how long a pass is.
  bool knows_length() const { return length_ > 0; }
  /// Tells where the file ends, which is where a pass without an `end` does.
  /// False when that is not after `start`.
  bool set_file_end(int64_t tick);

  /// The place for `time`, counted from `start`. Before 0 as at 0; after `end` its last tick; in a
  /// looping feed of unknown length, in the first pass.
  /// A time with a denominator of 2^31 and more is rounded up to the nanosecond first.
  /// Range: the time below 100 years, or as much less as the fractions are finer than nanoseconds
  /// of a file in ticks of a millionth: beyond that, the last place.
  FeedPlace place_of(const base::SceneTime& instant) const;

  /// Seconds from `from` to `to`, rounded towards 0: to judge a distance by.
  int64_t seconds_between(const FeedPlace& from, const FeedPlace& to) const;

 private:
  __extension__ using Int128 = __int128;

  TimeBase time_base_;
  FeedSpan span_;
  int64_t first_tick_ = 0;
  int64_t end_tick_ = kNoTick;
  /// Of a pass, in parts of a second: 10⁹ × the time base's denominator of them. 0: not known.
  Int128 length_ = 0;
};

}  // namespace layercast::media
