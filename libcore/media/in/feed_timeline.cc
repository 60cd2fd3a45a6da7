#include "media/in/feed_timeline.h"

#include "base/check.h"
#include "base/floor_division.h"
#include "base/int128.h"

#include <algorithm>
#include <cmath>

namespace layercast::media {
namespace {

using base::floor_divided;
using base::Int128;

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kInt32Max = std::numeric_limits<int32_t>::max();
constexpr Int128 kInt128Max = ~(Int128{1} << 127);
constexpr int64_t kRateDenominatorMax = 10'000;
constexpr int64_t kRateNumeratorMax = int64_t{1} << 20;
constexpr double kRateTolerance = 1e-9;

// `time`, rounded up to the nanosecond if its fraction is too fine for the arithmetic below.
base::SceneTime countable(const base::SceneTime& time) {
  if (time.denominator <= kInt32Max) return time;
  const Int128 nanos =
      -floor_divided(-Int128{time.numerator} * kNanosPerSecond, time.denominator).quotient;
  constexpr Int128 kMost = std::numeric_limits<int64_t>::max();
  return {static_cast<int64_t>(std::clamp(nanos, -kMost, kMost)), kNanosPerSecond};
}

// Leaves room for adding and subtracting 1.
int64_t clamped(Int128 tick) {
  constexpr Int128 kMost = FeedTimeline::kNoTick / 2;
  return static_cast<int64_t>(std::clamp(tick, -kMost, kMost));
}

}  // namespace

// The last convergent of the continued fraction within the limits.
PlaybackRate playback_rate(double rate) {
  LAYERCAST_CHECK(rate >= 1.0 / 32 && rate <= 32);
  PlaybackRate before{0, 1};
  PlaybackRate here{1, 0};
  double rest = rate;
  for (int i = 0; i < 32; ++i) {
    const double whole = std::floor(rest);
    const auto times = static_cast<int64_t>(whole);
    const PlaybackRate next{times * here.numerator + before.numerator,
                            times * here.denominator + before.denominator};
    if (next.denominator > kRateDenominatorMax) break;
    before = here;
    here = next;
    const double error =
        rate - static_cast<double>(here.numerator) / static_cast<double>(here.denominator);
    if (std::abs(error) < kRateTolerance) break;
    rest = 1 / (rest - whole);
  }
  return here;
}

FeedTimeline::FeedTimeline(TimeBase time_base, const FeedSpan& span)
    : time_base_(time_base), span_(span) {
  LAYERCAST_CHECK(time_base.numerator > 0 && time_base.numerator <= kInt32Max);
  LAYERCAST_CHECK(time_base.denominator > 0 && time_base.denominator <= kInt32Max);
  LAYERCAST_CHECK(span.rate.numerator > 0 && span.rate.numerator <= kRateNumeratorMax);
  LAYERCAST_CHECK(span.rate.denominator > 0 && span.rate.denominator <= kRateDenominatorMax);
  LAYERCAST_CHECK(span.start.count() >= 0 && (!span.end || *span.end > span.start));
  const Int128 nanos_per_tick = Int128{kNanosPerSecond} * time_base.numerator;
  const auto ticks_in = [&](base::Duration time) {
    return Int128{time.count()} * time_base.denominator;
  };
  first_tick_ = clamped(floor_divided(ticks_in(span.start), nanos_per_tick).quotient);
  if (!span.end) return;
  end_tick_ = clamped(-floor_divided(-ticks_in(*span.end), nanos_per_tick).quotient);
  if (span.loop) length_ = ticks_in(*span.end - span.start);
}

bool FeedTimeline::set_file_end(int64_t tick) {
  const Int128 length = Int128{tick} * time_base_.numerator * kNanosPerSecond -
                        Int128{span_.start.count()} * time_base_.denominator;
  if (length <= 0) return false;
  if (span_.loop && !span_.end) length_ = length;
  return true;
}

FeedPlace FeedTimeline::place_of(const base::SceneTime& instant) const {
  LAYERCAST_CHECK(instant.denominator > 0);
  const base::SceneTime time = countable(instant);
  // All values are in units of 1 / (10⁹ × denominator of the time base × `parts`) seconds.
  const Int128 parts = Int128{time.denominator} * span_.rate.denominator;
  Int128 passed = std::max<int64_t>(0, time.numerator);
  const Int128 unit = Int128{span_.rate.numerator} * kNanosPerSecond * time_base_.denominator;
  if (passed > kInt128Max / 4 / unit) return {kNoTick / 2, end_tick_ - 1};
  passed *= unit;
  Int128 round = 0;
  // A pass that is too long for the arithmetic never ends.
  if (length_ > 0 && length_ <= kInt128Max / parts) {
    const Int128 length = length_ * parts;
    round = passed / length;
    passed -= round * length;
  }
  Int128 start = Int128{span_.start.count()} * time_base_.denominator;
  if (start > kInt128Max / 4 / parts) return {clamped(round), end_tick_ - 1};
  start *= parts;
  const Int128 tick = Int128{kNanosPerSecond} * time_base_.numerator * parts;
  return {clamped(round), std::min(clamped((start + passed) / tick), end_tick_ - 1)};
}

int64_t FeedTimeline::seconds_between(const FeedPlace& from, const FeedPlace& to) const {
  const Int128 rounds = Int128{to.round} - from.round;
  const Int128 ticks = Int128{to.tick} - from.tick;
  const Int128 parts = rounds * length_ + ticks * time_base_.numerator * kNanosPerSecond;
  return clamped(parts / (Int128{kNanosPerSecond} * time_base_.denominator));
}

}  // namespace layercast::media
