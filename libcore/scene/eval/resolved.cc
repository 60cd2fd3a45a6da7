#include "scene/eval/resolved.h"

#include "scene/eval/running_animations.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

base::SizeF size_f(base::SizeI size) {
  return {static_cast<double>(size.width), static_cast<double>(size.height)};
}

double side(double length) {
  return std::clamp(length, limits::kLayerSide.min, limits::kLayerSide.max);
}

void resolve(LengthSize& size, base::SizeI parent) {
  if (!size.is_relative()) return;
  const base::SizeF px = size.in(size_f(parent));
  size = {side(px.width), side(px.height)};
}

void resolve(LengthPoint& point, base::SizeI parent) {
  const base::PointF px = point.in(size_f(parent));
  point = {px.x, px.y};
}

bool is_relative(const std::vector<Animation>& animations) {
  return std::ranges::any_of(animations, [](const Animation& animation) {
    const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
    return effect != nullptr && std::ranges::any_of(effect->keyframes, [](const Keyframe& each) {
             return each.size && each.size->is_relative();
           });
  });
}

void resolve(std::vector<Animation>& animations, base::SizeI parent) {
  for (Animation& animation : animations) {
    auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
    if (effect == nullptr) continue;
    for (Keyframe& each : effect->keyframes) {
      if (each.size) resolve(*each.size, parent);
    }
  }
}

bool is_relative(const Layer& layer) {
  return layer.transform.position.is_relative() || (layer.size && layer.size->is_relative()) ||
         is_relative(layer.animations) || is_relative(layer.enter) || is_relative(layer.exit);
}

}  // namespace

base::Shared<Layer> resolved(const base::Shared<Layer>& layer, base::SizeI parent) {
  if (!is_relative(*layer)) return layer;
  base::Shared<Layer> result = layer;
  Layer& own = result.edit();
  resolve(own.transform.position, parent);
  if (own.size) resolve(*own.size, parent);
  for (auto* animations : {&own.animations, &own.enter, &own.exit}) resolve(*animations, parent);
  return result;
}

base::Shared<LayerRun> resolved(const base::Shared<LayerRun>& run, base::SizeI parent) {
  const auto& transition = run->transition;
  const bool is_relative = transition && (transition->transform.position.is_relative() ||
                                          transition->size.is_relative());
  if (!is_relative) return run;
  base::Shared<LayerRun> result = run;
  TransitionRun& own = *result.edit().transition;
  resolve(own.transform.position, parent);
  resolve(own.size, parent);
  return result;
}

}  // namespace layercast::scene
