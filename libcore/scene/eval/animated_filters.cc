#include "scene/eval/animated_filters.h"

#include "scene/model/keyframed.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace layercast::scene {
namespace {

// Replaces `filters` by those of the animation, which begins at `start`, at `time`.
void replace(const Animation& animation, const base::SceneTime& time, base::Duration start,
             std::vector<Filter>& filters) {
  const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
  if (effect == nullptr) return;
  const auto progress = progress_at(animation.timing, time, start);
  if (!progress) return;
  auto replaced = keyframed(
      effect->keyframes, &Keyframe::filters, filters, *progress,
      [](const auto& from, const auto& to, double distance) { return mixed(from, to, distance); });
  if (replaced) filters = *std::move(replaced);
}

}  // namespace

bool holds_filters(const std::vector<Animation>& animations) {
  return std::ranges::any_of(animations, [](const Animation& animation) {
    const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
    return effect != nullptr && std::ranges::any_of(effect->keyframes, [](const Keyframe& each) {
             return each.filters.has_value();
           });
  });
}

void replace_filters(const RunningLayer& running, const base::SceneTime& time,
                     std::vector<Filter>& filters) {
  const auto& [layer, run] = running;
  const base::Duration start = run.start.value_or(base::Duration{});
  for (size_t i = 0; i < layer.animations.size(); ++i) {
    replace(layer.animations[i], time, start_of(run.animations, i).value_or(start), filters);
  }
  for (const Animation& each : layer.enter) {
    replace(each, time, run.shown_since.value_or(start), filters);
  }
  if (!run.exit_start) return;
  if (!layer.visible) {
    for (const Animation& each : layer.exit) replace(each, time, *run.exit_start, filters);
  } else if (time.before(*run.exit_start)) {  // shown again: the exit plays backwards
    const base::SceneTime past = time.since(*run.exit_start);
    const base::SceneTime mirrored{-past.numerator, past.denominator};
    for (const Animation& each : layer.exit) replace(each, mirrored, {}, filters);
  }
}

}  // namespace layercast::scene
