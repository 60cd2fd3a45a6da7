#include "content/detail.h"

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

constexpr double kScaleMax = 16;
constexpr double kScaleMin = 1.0 / 64;

bool is_drawing(const scene::Content& content) {
  return std::holds_alternative<scene::ShapeContent>(content) ||
         std::holds_alternative<scene::TextContent>(content) ||
         std::holds_alternative<scene::SvgContent>(content);
}

bool filters_pixels(const scene::Animation& animation) {
  if (std::holds_alternative<scene::ScrollEffect>(animation.effect)) return true;
  const auto* effect = std::get_if<scene::KeyframesEffect>(&animation.effect);
  return effect != nullptr && std::ranges::any_of(effect->keyframes, [](const auto& k) {
           return k.filters.has_value();
         });
}

void take_larger(base::PointF factor, base::SizeF& largest) {
  largest.width = std::max(largest.width, std::abs(factor.x));
  largest.height = std::max(largest.height, std::abs(factor.y));
}

// By how much the animation scales at most, curves that overshoot left aside.
base::SizeF largest_factor(const scene::Animation& animation) {
  base::SizeF largest{1, 1};
  if (const auto* effect = std::get_if<scene::ScaleEffect>(&animation.effect)) {
    largest = {0, 0};
    take_larger(effect->from, largest);
    take_larger(effect->to, largest);
  }
  if (const auto* effect = std::get_if<scene::KeyframesEffect>(&animation.effect)) {
    for (const scene::Keyframe& keyframe : effect->keyframes) {
      if (keyframe.scale) take_larger(*keyframe.scale, largest);
    }
  }
  return largest;
}

}  // namespace

Detail detail_of(const scene::Layer& layer) {
  const std::vector<scene::Animation>* all[] = {&layer.animations, &layer.enter, &layer.exit};
  bool moves = layer.transition.has_value() || layer.glide.has_value();
  base::SizeF scale{std::abs(layer.transform.scale.x), std::abs(layer.transform.scale.y)};
  bool is_filtered = !layer.filters.empty();
  for (const auto* animations : all) {
    moves |= !animations->empty();
    for (const scene::Animation& animation : *animations) {
      is_filtered |= filters_pixels(animation);
      const base::SizeF factor = largest_factor(animation);
      scale = {scale.width * factor.width, scale.height * factor.height};
    }
  }
  if (is_filtered || !is_drawing(layer.content)) return {};
  Detail detail;
  detail.scale = {std::clamp(scale.width, kScaleMin, kScaleMax),
                  std::clamp(scale.height, kScaleMin, kScaleMax)};
  const scene::Transform& transform = layer.transform;
  // Shapes alone: they are made anew in no time wherever a live layer is dragged.
  if (std::holds_alternative<scene::ShapeContent>(layer.content) && !moves &&
      transform.rotation == 0 && transform.scale.x > 0 && transform.scale.y > 0) {
    detail.place = {transform.position.x - std::floor(transform.position.x),
                    transform.position.y - std::floor(transform.position.y)};
    detail.anchor = transform.anchor;
  }
  return detail;
}

base::PointF phase_of(const Detail& detail, base::SizeF box) {
  if (!detail.place) return {};
  const auto phase = [](double corner) {
    constexpr double kGrain = 1.0 / 512;  // of a place: less is no difference
    const double part = corner - std::floor(corner);
    return part < kGrain || part > 1 - kGrain ? 0 : part;
  };
  return {phase(detail.place->x - detail.anchor.x * box.width * detail.scale.width),
          phase(detail.place->y - detail.anchor.y * box.height * detail.scale.height)};
}

}  // namespace layercast::content
