#include "scene/model/animation.h"

#include "scene/model/keyframed.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace layercast::scene {
namespace {

using base::Duration;
using base::PointF;
using base::SceneTime;

enum class TimingPhase : uint8_t { kBefore, kActive, kAfter };

// When the active interval that begins at `begin` ends; nullopt if it never ends. Rounded to the
// nearest nanosecond, because fractions of an iteration may end between two.
std::optional<Duration> active_end(const Timing& timing, Duration begin) {
  if (timing.duration == Duration::zero() || !(timing.iterations > 0)) return begin;
  const double length = static_cast<double>(timing.duration.count());
  constexpr double kForEver = 9.2e18;  // nanoseconds: 291 years
  if (timing.iterations * length + std::fabs(static_cast<double>(begin.count())) >= kForEver) {
    return std::nullopt;
  }
  const double whole = std::floor(timing.iterations);
  const auto part = static_cast<int64_t>(std::floor(length * (timing.iterations - whole) + 0.5));
  return begin + timing.duration * static_cast<int64_t>(whole) + Duration{part};
}

TimingPhase phase_at(const Timing& timing, const SceneTime& time, Duration begin) {
  if (time.before(begin)) return TimingPhase::kBefore;
  const auto end = active_end(timing, begin);
  return !end || time.before(*end) ? TimingPhase::kActive : TimingPhase::kAfter;
}

bool fills(FillMode fill, TimingPhase phase) {
  if (phase == TimingPhase::kActive || fill == FillMode::kBoth) return true;
  return fill == (phase == TimingPhase::kBefore ? FillMode::kBackwards : FillMode::kForwards);
}

// The "current iteration" and the "simple iteration progress" of the specification.
struct Place {
  bool odd_iteration = false;
  double passed = 0;     ///< 0..1
  double remaining = 1;  ///< 1 − passed
};

// The last instant of the last iteration, which may be incomplete.
Place last_place(double iterations) {
  if (!(iterations > 0)) return {};
  // Infinitely many iterations without length: the last one counts as even.
  if (std::isinf(iterations)) return {false, 1, 0};
  const double whole = std::floor(iterations);
  const double part = iterations - whole;
  const double current = part == 0 ? whole - 1 : whole;
  const bool odd = current - 2 * std::floor(current / 2) == 1;
  return part == 0 ? Place{odd, 1, 0} : Place{odd, part, 1 - part};
}

Place place_at(const Timing& timing, const SceneTime& time, Duration begin, TimingPhase phase) {
  if (phase == TimingPhase::kBefore) return {};
  if (phase == TimingPhase::kAfter) return last_place(timing.iterations);
  const base::Phase place = time.phase(begin, timing.duration);
  return {place.periods % 2 != 0, place.passed, place.remaining};
}

bool reversed(PlaybackDirection direction, bool odd_iteration) {
  switch (direction) {
    case PlaybackDirection::kNormal:
      return false;
    case PlaybackDirection::kReverse:
      return true;
    case PlaybackDirection::kAlternate:
      return odd_iteration;
    case PlaybackDirection::kAlternateReverse:
      return !odd_iteration;
  }
  return false;
}

// Exactly `from` at 0 and `to` at 1; equal values stay constant.
double mixed(double from, double to, double progress) {
  return progress == 1 ? to : from + (to - from) * progress;
}
PointF mixed(const PointF& from, const PointF& to, double progress) {
  return {mixed(from.x, to.x, progress), mixed(from.y, to.y, progress)};
}

// Overshooting curves must not make the product overflow.
constexpr double kScaleMax = 1e9;

void fade(LayerMotion& motion, double factor) { motion.opacity *= std::clamp(factor, 0.0, 1.0); }

void scale(LayerMotion& motion, const PointF& factor) {
  motion.scale.x = std::clamp(motion.scale.x * factor.x, -kScaleMax, kScaleMax);
  motion.scale.y = std::clamp(motion.scale.y * factor.y, -kScaleMax, kScaleMax);
}

void move(LayerMotion& motion, const PointF& offset) {
  motion.offset.x += offset.x;
  motion.offset.y += offset.y;
}

PointF offset_of(const SlideOffset& slide, const EdgeOffsets& edges) {
  if (const auto* offset = std::get_if<PointF>(&slide)) return *offset;
  switch (std::get<Direction>(slide)) {
    case Direction::kLeft:
      return edges.left;
    case Direction::kRight:
      return edges.right;
    case Direction::kUp:
      return edges.up;
    case Direction::kDown:
      return edges.down;
  }
  return {};
}

// Adds one effect at `progress` to the combined motion.
struct Apply {
  LayerMotion& motion;
  double progress;
  const EdgeOffsets& edges;

  void operator()(const FadeEffect& effect) const {
    fade(motion, mixed(effect.from, effect.to, progress));
  }
  void operator()(const SlideEffect& effect) const {
    move(motion, mixed(offset_of(effect.from, edges), offset_of(effect.to, edges), progress));
  }
  void operator()(const ScaleEffect& effect) const {
    scale(motion, mixed(effect.from, effect.to, progress));
  }
  void operator()(const RotateEffect& effect) const {
    motion.rotation += mixed(effect.from, effect.to, progress);
  }
  void operator()(const KeyframesEffect& effect) const {
    const auto value = [&](auto property, const auto& neutral) {
      return keyframed(effect.keyframes, property, neutral, progress,
                       [](const auto& from, const auto& to, double distance) {
                         return mixed(from, to, distance);
                       })
          .value_or(neutral);
    };
    fade(motion, value(&Keyframe::opacity, 1.0));
    move(motion, value(&Keyframe::position, PointF{0, 0}));
    scale(motion, value(&Keyframe::scale, PointF{1, 1}));
    motion.rotation += value(&Keyframe::rotation, 0.0);
  }
  void operator()(const ScrollEffect& /*effect*/) const {}
  void operator()(const VolumeEffect& /*effect*/) const {}
};

}  // namespace

std::optional<double> progress_at(const Timing& timing, const SceneTime& time, Duration start) {
  const Duration begin = start + timing.delay;
  const TimingPhase phase = phase_at(timing, time, begin);
  if (!fills(timing.fill, phase)) return std::nullopt;
  const Place place = place_at(timing, time, begin, phase);
  const bool backwards = reversed(timing.direction, place.odd_iteration);
  // The "before flag" of the specification: playback has not reached the active interval.
  const bool outside = phase == (backwards ? TimingPhase::kAfter : TimingPhase::kBefore);
  return eased(timing.easing, backwards ? place.remaining : place.passed,
               outside ? EasingPhase::kBefore : EasingPhase::kActive);
}

std::optional<Duration> end_of(const Timing& timing, Duration start) {
  return active_end(timing, start + timing.delay);
}

bool is_over(const Timing& timing, Duration start, Duration now) {
  const auto end = end_of(timing, start);
  return end && now >= *end;
}

LayerMotion motion_at(const std::vector<Animation>& animations, const SceneTime& time,
                      const EdgeOffsets& edges, Duration layer_start,
                      const AnimationStarts& starts) {
  LayerMotion motion;
  for (size_t i = 0; i < animations.size(); ++i) {
    const Animation& animation = animations[i];
    const auto progress =
        progress_at(animation.timing, time, start_of(starts, i).value_or(layer_start));
    if (progress) std::visit(Apply{motion, *progress, edges}, animation.effect);
  }
  return motion;
}

void add_motion(LayerMotion& motion, const std::vector<Animation>& animations,
                const SceneTime& time, const EdgeOffsets& edges, Duration start) {
  for (const Animation& animation : animations) {
    const auto progress = progress_at(animation.timing, time, start);
    if (progress) std::visit(Apply{motion, *progress, edges}, animation.effect);
  }
}

std::optional<Duration> start_of(const AnimationStarts& starts, size_t place) {
  return place < starts.size() ? starts[place] : std::nullopt;
}

std::optional<size_t> scroll_place(const std::vector<Animation>& animations) {
  for (size_t i = animations.size(); i > 0; --i) {
    if (std::holds_alternative<ScrollEffect>(animations[i - 1].effect)) return i - 1;
  }
  return std::nullopt;
}

const Animation* scroll_of(const std::vector<Animation>& animations) {
  const auto place = scroll_place(animations);
  return place ? &animations[*place] : nullptr;
}

}  // namespace layercast::scene
