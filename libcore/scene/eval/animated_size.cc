#include "scene/eval/animated_size.h"

#include "scene/eval/running_animations.h"
#include "scene/live/showing.h"
#include "scene/model/keyframed.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <optional>
#include <variant>

namespace layercast::scene {
namespace {

base::SizeF mixed(base::SizeF from, base::SizeF to, double distance) {
  const auto side = [distance](double a, double b) { return a + (b - a) * distance; };
  return {side(from.width, to.width), side(from.height, to.height)};
}

// The size at `time` of an animation that begins at `start`; `own` where it has no effect.
base::SizeF replaced(const Animation& animation, const base::SceneTime& time, base::Duration start,
                     base::SizeF own) {
  const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
  if (effect == nullptr) return own;
  const auto progress = progress_at(animation.timing, time, start);
  if (!progress) return own;
  const auto size =
      keyframed(effect->keyframes, &Keyframe::size, LengthSize{own.width, own.height}, *progress,
                [](const LengthSize& from, const LengthSize& to, double distance) {
                  const base::SizeF px = mixed(from.px(), to.px(), distance);
                  return LengthSize{px.width, px.height};
                });
  return size ? size->px() : own;
}

}  // namespace

bool animates_size(const Layer& layer) {
  return hold_property(layer.animations, &Keyframe::size) ||
         hold_property(layer.enter, &Keyframe::size) || hold_property(layer.exit, &Keyframe::size);
}

bool changes_size(const RunningLayer& layer) {
  const auto& transition = layer.run.transition;
  return (transition && transition->size_start) || animates_size(layer.layer);
}

base::SizeF size_at(const RunningLayer& layer, base::SizeF own, const base::SceneTime& time) {
  if (!changes_size(layer)) return own;
  base::SizeF size = own;
  if (const auto posed = pose_at(layer, time).size) size = posed->px();
  visit_animations(layer, time,
                   [&](const Animation& animation, const base::SceneTime& at,
                       base::Duration start) { size = replaced(animation, at, start, size); });
  return {std::max(size.width, limits::kLayerSide.min),
          std::max(size.height, limits::kLayerSide.min)};
}

}  // namespace layercast::scene
