#include "scene/animated_filters.h"

#include "scene/keyframed.h"

#include <algorithm>
#include <optional>
#include <utility>
#include <variant>

namespace layercast::scene {
namespace {

// Where the animation, which begins at `start`, is at `time`.
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

void replace_filters(const Layer& layer, const base::SceneTime& time,
                     std::vector<Filter>& filters) {
  const base::Duration start = layer.start.value_or(base::Duration{});
  for (const Animation& each : layer.animations) {
    replace(each, time, each.start.value_or(start), filters);
  }
  for (const Animation& each : layer.enter) {
    replace(each, time, layer.shown_since.value_or(start), filters);
  }
  if (!layer.leaves) return;
  if (!layer.visible) {
    for (const Animation& each : layer.exit) replace(each, time, *layer.leaves, filters);
  } else if (time.before(*layer.leaves)) {  // it came back: its exit plays backwards
    const base::SceneTime past = time.since(*layer.leaves);
    const base::SceneTime mirrored{-past.numerator, past.denominator};
    for (const Animation& each : layer.exit) replace(each, mirrored, {}, filters);
  }
}

}  // namespace layercast::scene
