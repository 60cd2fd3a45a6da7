#include "media/feed_timeline.h"

#include "base/check.h"

#include <algorithm>

namespace layercast::media {
namespace {

__extension__ using Int128 = __int128;

constexpr int64_t kNanosPerSecond = 1'000'000'000;
constexpr int64_t kInt32Max = std::numeric_limits<int32_t>::max();

Int128 floor_divided(Int128 numerator, Int128 divisor) {
  const Int128 quotient = numerator / divisor;
  return numerator % divisor < 0 ? quotient - 1 : quotient;
}

// So that one more can be added and taken away.
int64_t clamped(Int128 tick) {
  constexpr Int128 kMost = FeedTimeline::kNoTick / 2;
  return static_cast<int64_t>(std::clamp(tick, -kMost, kMost));
}

}  // namespace

FeedTimeline::FeedTimeline(TimeBase time_base, const FeedSpan& span)
    : time_base_(time_base), span_(span) {
  LAYERCAST_CHECK(time_base.numerator > 0 && time_base.numerator <= kInt32Max);
  LAYERCAST_CHECK(time_base.denominator > 0 && time_base.denominator <= kInt32Max);
  LAYERCAST_CHECK(span.start.count() >= 0 && (!span.end || *span.end > span.start));
  const Int128 nanos_per_tick = Int128{kNanosPerSecond} * time_base.numerator;
  const auto ticks_in = [&](base::Duration time) {
    return Int128{time.count()} * time_base.denominator;
  };
  first_tick_ = clamped(floor_divided(ticks_in(span.start), nanos_per_tick));
  if (!span.end) return;
  end_tick_ = clamped(-floor_divided(-ticks_in(*span.end), nanos_per_tick));
  if (span.loop) length_ = ticks_in(*span.end - span.start);
}

bool FeedTimeline::set_file_end(int64_t tick) {
  const Int128 length = Int128{tick} * time_base_.numerator * kNanosPerSecond -
                        Int128{span_.start.count()} * time_base_.denominator;
  if (length <= 0) return false;
  if (span_.loop && !span_.end) length_ = length;
  return true;
}

FeedPlace FeedTimeline::place_of(const base::SceneTime& time) const {
  LAYERCAST_CHECK(time.denominator > 0 && time.denominator <= kInt32Max);
  // All in units of 1 / (10⁹ × time base's denominator × time's denominator) seconds.
  Int128 passed =
      Int128{std::max<int64_t>(0, time.numerator)} * kNanosPerSecond * time_base_.denominator;
  Int128 round = 0;
  if (length_ > 0) {
    const Int128 length = length_ * time.denominator;
    round = passed / length;
    passed -= round * length;
  }
  const Int128 start = Int128{span_.start.count()} * time_base_.denominator * time.denominator;
  const Int128 tick = Int128{kNanosPerSecond} * time_base_.numerator * time.denominator;
  return {clamped(round), std::min(clamped((start + passed) / tick), end_tick_ - 1)};
}

int64_t FeedTimeline::seconds_between(const FeedPlace& from, const FeedPlace& to) const {
  const Int128 rounds = Int128{to.round} - from.round;
  const Int128 ticks = Int128{to.tick} - from.tick;
  const Int128 parts = rounds * length_ + ticks * time_base_.numerator * kNanosPerSecond;
  return clamped(parts / (Int128{kNanosPerSecond} * time_base_.denominator));
}

}  // namespace layercast::media
