#include "scene/live/animation_folding.h"

#include "scene/model/limits.h"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;
using base::PointF;

// Unequal distances, so that a slide to an edge differs from every slide by an offset.
constexpr EdgeOffsets kEdges{{-1, 0}, {2, 0}, {0, -3}, {0, 4}};
constexpr EdgeOffsets kOtherEdges{{-5, 0}, {6, 0}, {0, -7}, {0, 8}};

LayerMotion motion_of(const Animation& animation, Duration start, Duration now,
                      const EdgeOffsets& edges) {
  constexpr int64_t kNanosPerSecond = 1'000'000'000;
  return motion_at({animation}, {now.count(), kNanosPerSecond}, edges, start);
}

// Whether the animation changes more than the motion of the layer.
bool has_other_effects(const Animation& animation) {
  if (const auto* effect = std::get_if<KeyframesEffect>(&animation.effect)) {
    return std::ranges::any_of(effect->keyframes,
                               [](const Keyframe& k) { return k.volume || k.filters || k.size; });
  }
  // A scroll determines the length of the content.
  return std::holds_alternative<ScrollEffect>(animation.effect) ||
         std::holds_alternative<VolumeEffect>(animation.effect);
}

// The motion that an animation that is over holds for ever; nullopt if it is not over, or is not
// only a motion by constants.
std::optional<LayerMotion> final_motion(const Animation& animation, std::optional<Duration> start,
                                        Duration now) {
  if (!start || has_other_effects(animation) || !is_over(animation.timing, *start, now)) {
    return std::nullopt;
  }
  const LayerMotion motion = motion_of(animation, *start, now, kEdges);
  if (motion != motion_of(animation, *start, now, kOtherEdges)) return std::nullopt;
  return motion;
}

void add_motion(LayerMotion& sum, const LayerMotion& motion) {
  sum.opacity *= motion.opacity;
  sum.offset = {sum.offset.x + motion.offset.x, sum.offset.y + motion.offset.y};
  sum.scale = {sum.scale.x * motion.scale.x, sum.scale.y * motion.scale.y};
  sum.rotation += motion.rotation;
}

// Allocates nothing.
bool is_playing(const Animation& animation, std::optional<Duration> start, Duration now) {
  if (!start || now < *start + animation.timing.delay) return false;
  return std::holds_alternative<ScrollEffect>(animation.effect) ||
         !is_over(animation.timing, *start, now);
}

bool is_within(double number, limits::Range range) {
  return number >= range.min && number <= range.max;
}

bool is_within_limits(const LayerMotion& motion) {
  return is_within(motion.offset.x, limits::kPosition) &&
         is_within(motion.offset.y, limits::kPosition) &&
         is_within(motion.scale.x, limits::kScale) && is_within(motion.scale.y, limits::kScale) &&
         is_within(motion.rotation, limits::kRotation);
}

// One animation of each kind, which together hold `motion`.
std::vector<Animation> holding(const LayerMotion& motion) {
  std::vector<Animation> animations;
  const auto add = [&](Effect effect) { animations.push_back({std::move(effect), {}}); };
  if (motion.opacity != 1) add(FadeEffect{motion.opacity, motion.opacity});
  if (motion.offset != PointF{}) add(SlideEffect{motion.offset, motion.offset});
  if (motion.scale != PointF{1, 1}) add(ScaleEffect{motion.scale, motion.scale});
  if (motion.rotation != 0) add(RotateEffect{motion.rotation, motion.rotation});
  return animations;
}

}  // namespace

std::string_view name_of(AnimationPhase phase) {
  switch (phase) {
    case AnimationPhase::kWaiting:
      return "waiting";
    case AnimationPhase::kRunning:
      return "running";
    case AnimationPhase::kHolding:
      return "holding";
    case AnimationPhase::kOver:
      return "over";
  }
  return "";
}

AnimationPhase phase_of(const Animation& animation, std::optional<Duration> start, Duration now) {
  if (!start || now < *start + animation.timing.delay) return AnimationPhase::kWaiting;
  if (is_playing(animation, start, now)) return AnimationPhase::kRunning;
  const FillMode fill = animation.timing.fill;
  if (fill != FillMode::kForwards && fill != FillMode::kBoth) return AnimationPhase::kOver;
  if (has_other_effects(animation)) return AnimationPhase::kHolding;
  return motion_of(animation, *start, now, kEdges) == LayerMotion{} ? AnimationPhase::kOver
                                                                    : AnimationPhase::kHolding;
}

int playing_animations(const RunningLayer& layer, Duration now) {
  int playing = 0;
  const auto count = [&](const Animation& animation, std::optional<Duration> start) {
    if (is_playing(animation, start, now)) ++playing;
  };
  const LayerRun& run = layer.run;
  const auto& animations = layer.layer.animations;
  for (size_t i = 0; i < animations.size(); ++i) {
    const auto own_start = start_of(run.animations, i);
    count(animations[i], own_start ? own_start : run.start);
  }
  for (const Animation& each : layer.layer.enter) {
    count(each, run.shown_since ? run.shown_since : run.start);
  }
  if (!layer.layer.visible) {
    for (const Animation& each : layer.layer.exit) count(each, run.exit_start);
  }
  return playing;
}

void fold_ended_animations(Layer& layer, LayerRun& run, Duration now) {
  auto& all = layer.animations;
  run.animations.resize(all.size());
  std::vector<std::optional<LayerMotion>> finals;
  LayerMotion sum;
  size_t count = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    finals.push_back(final_motion(all[i], run.animations[i], now));
    if (!finals.back() || *finals.back() == LayerMotion{}) continue;
    add_motion(sum, *finals.back());
    ++count;
  }
  std::vector<Animation> held = holding(sum);
  const bool combines = held.size() < count && is_within_limits(sum);
  size_t kept = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    const bool is_held = finals[i] && *finals[i] != LayerMotion{};
    if (finals[i] && (!is_held || combines)) continue;
    if (kept != i) {
      all[kept] = std::move(all[i]);
      run.animations[kept] = run.animations[i];
    }
    ++kept;
  }
  all.resize(kept);
  run.animations.resize(kept);
  if (!combines) return;
  // First, as the animations that they replace: those that follow build on them.
  run.animations.insert(run.animations.begin(), held.size(), now);
  all.insert(all.begin(), std::make_move_iterator(held.begin()),
             std::make_move_iterator(held.end()));
}

}  // namespace layercast::scene
