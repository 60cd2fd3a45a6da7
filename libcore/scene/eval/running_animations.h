#pragma once

#include "base/time.h"
#include "scene/model/animation.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <variant>
#include <vector>

namespace layercast::scene {

/// Calls `visit(animation, time, start)` for each animation of the layer, including those of
/// `enter` and `exit`, in the order in which they take effect. An exit that plays backwards,
/// because the layer was shown again, gets a mirrored time. Times as in motion_of().
template <class Visit>
void visit_animations(const RunningLayer& running, const base::SceneTime& time, Visit visit) {
  const auto& [layer, run] = running;
  const base::Duration start = run.start.value_or(base::Duration{});
  for (size_t i = 0; i < layer.animations.size(); ++i) {
    visit(layer.animations[i], time, start_of(run.animations, i).value_or(start));
  }
  for (const Animation& each : layer.enter) visit(each, time, run.shown_since.value_or(start));
  if (!run.exit_start) return;
  if (!layer.visible) {
    for (const Animation& each : layer.exit) visit(each, time, *run.exit_start);
  } else if (time.before(*run.exit_start)) {
    const base::SceneTime past = time.since(*run.exit_start);
    const base::SceneTime mirrored{-past.numerator, past.denominator};
    for (const Animation& each : layer.exit) visit(each, mirrored, base::Duration{});
  }
}

/// Whether any keyframe of the animations has the property.
template <class Value>
bool hold_property(const std::vector<Animation>& animations,
                   std::optional<Value> Keyframe::*property) {
  return std::ranges::any_of(animations, [property](const Animation& animation) {
    const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
    return effect != nullptr &&
           std::ranges::any_of(effect->keyframes, [property](const Keyframe& each) {
             return (each.*property).has_value();
           });
  });
}

}  // namespace layercast::scene
