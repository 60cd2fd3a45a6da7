#include "scene/eval/animated_filters.h"

#include "scene/eval/running_animations.h"
#include "scene/model/keyframed.h"

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
  return hold_property(animations, &Keyframe::filters);
}

void replace_filters(const RunningLayer& layer, const base::SceneTime& time,
                     std::vector<Filter>& filters) {
  visit_animations(layer, time,
                   [&](const Animation& animation, const base::SceneTime& at,
                       base::Duration start) { replace(animation, at, start, filters); });
}

}  // namespace layercast::scene
