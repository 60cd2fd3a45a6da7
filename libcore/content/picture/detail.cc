#include "content/picture/detail.h"

#include "scene/model/placeholder.h"

#include <algorithm>
#include <cmath>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

constexpr double kScaleMax = 16;
constexpr double kScaleMin = 1.0 / 64;

bool is_gradient(const scene::Content& content) {
  const auto* fill = std::get_if<scene::ColorContent>(&content);
  return fill != nullptr && std::holds_alternative<scene::Gradient>(fill->color);
}

bool is_turnable(const scene::Content& content) {
  return std::holds_alternative<scene::ShapeContent>(content) ||
         std::holds_alternative<scene::SvgContent>(content) || is_gradient(content);
}

bool is_color(const scene::Filter& filter) {
  return std::holds_alternative<scene::ColorFilter>(filter);
}

// Whether a filter reads the outermost pixels of the picture as its surroundings.
bool clamps(const std::vector<scene::Filter>& filters) {
  return std::ranges::any_of(filters, [](const scene::Filter& filter) {
    const auto* blur = std::get_if<scene::BlurFilter>(&filter);
    return blur != nullptr && blur->edge == scene::BlurEdge::kClamp;
  });
}

bool clamps(const scene::Animation& animation) {
  const auto* effect = std::get_if<scene::KeyframesEffect>(&animation.effect);
  return effect != nullptr && std::ranges::any_of(effect->keyframes, [](const auto& k) {
           return k.filters && clamps(*k.filters);
         });
}

bool animates_filters(const scene::Animation& animation) {
  const auto* effect = std::get_if<scene::KeyframesEffect>(&animation.effect);
  return effect != nullptr && std::ranges::any_of(effect->keyframes, [](const auto& k) {
           return k.filters.has_value();
         });
}

bool turns(const scene::Animation& animation) {
  if (std::holds_alternative<scene::RotateEffect>(animation.effect)) return true;
  const auto* effect = std::get_if<scene::KeyframesEffect>(&animation.effect);
  return effect != nullptr && std::ranges::any_of(effect->keyframes, [](const auto& k) {
           return k.rotation.has_value();
         });
}

void take_larger(base::PointF factor, base::SizeF& largest) {
  largest.width = std::max(largest.width, std::abs(factor.x));
  largest.height = std::max(largest.height, std::abs(factor.y));
}

// The largest scale factor of the animation; overshooting curves are ignored.
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

bool changes_scale(const scene::Animation& animation) {
  if (std::holds_alternative<scene::ScaleEffect>(animation.effect)) return true;
  const auto* effect = std::get_if<scene::KeyframesEffect>(&animation.effect);
  return effect != nullptr &&
         std::ranges::any_of(effect->keyframes, [](const auto& k) { return k.scale.has_value(); });
}

// The largest factor by which keyframes enlarge the box of a layer with a size.
base::SizeF largest_growth(const scene::Animation& animation, base::SizeF own) {
  base::SizeF largest{1, 1};
  const auto* effect = std::get_if<scene::KeyframesEffect>(&animation.effect);
  if (effect == nullptr) return largest;
  for (const scene::Keyframe& keyframe : effect->keyframes) {
    if (!keyframe.size) continue;
    const base::SizeF size = keyframe.size->px();
    take_larger({size.width / own.width, size.height / own.height}, largest);
  }
  return largest;
}

// The changes of a layer over its lifetime.
struct Course {
  bool moves = false;
  bool turns = false;
  bool scales = false;
  bool scrolls = false;
  bool filters_change = false;
  bool clamps = false;  ///< whether a filter repeats the edges of the picture
  base::SizeF scale;    ///< the largest
};

Course course_of(const scene::Layer& layer) {
  const std::vector<scene::Animation>* all[] = {&layer.animations, &layer.enter, &layer.exit};
  const scene::Transform& transform = layer.transform;
  Course course;
  course.moves = layer.transition.has_value();
  course.turns = transform.rotation != 0;
  course.scales = transform.scale != base::PointF{1, 1};
  course.clamps = clamps(layer.filters);
  course.scale = {std::abs(transform.scale.x), std::abs(transform.scale.y)};
  // The renderer redraws texts and shapes for each size of the box.
  const bool follows_box =
      layer.size && (std::holds_alternative<scene::ImageContent>(layer.content) ||
                     std::holds_alternative<scene::SvgContent>(layer.content));
  for (const auto* animations : all) {
    course.moves |= !std::ranges::all_of(*animations, keeps_place);
    for (const scene::Animation& animation : *animations) {
      course.turns |= turns(animation);
      course.scrolls |= std::holds_alternative<scene::ScrollEffect>(animation.effect);
      course.filters_change |= animates_filters(animation);
      course.clamps |= clamps(animation);
      const base::SizeF factor = largest_factor(animation);
      course.scales |= changes_scale(animation);
      if (follows_box) {
        const base::SizeF growth = largest_growth(animation, layer.size->px());
        course.scales |= growth != base::SizeF{1, 1};
        course.scale = {course.scale.width * growth.width, course.scale.height * growth.height};
      }
      course.scale = {course.scale.width * factor.width, course.scale.height * factor.height};
    }
  }
  course.scale = {std::clamp(course.scale.width, kScaleMin, kScaleMax),
                  std::clamp(course.scale.height, kScaleMin, kScaleMax)};
  return course;
}

// Whether contents can be rasterised at the layer's own scale.
bool can_stand(const scene::Transform& transform) {
  const auto fits = [](double scale) {
    return std::abs(scale) >= kScaleMin && std::abs(scale) <= kScaleMax;
  };
  return fits(transform.scale.x) && fits(transform.scale.y);
}

double fraction(double place) { return place - std::floor(place); }

base::Affine standing(const scene::Transform& transform) {
  return base::translation(fraction(transform.position.x.px), fraction(transform.position.y.px)) *
         base::rotation_degrees(transform.rotation) *
         base::scaling(transform.scale.x, transform.scale.y);
}

// Whether the text may change with every frame; a second, finer picture would then cost too much.
bool changes(const scene::TextContent& text) {
  return scene::changes_with_time(scene::parse_placeholders(text.text).parts);
}

double power_of_two_above(double value) {
  int exponent = 0;
  const double mantissa = std::frexp(value, &exponent);
  return std::ldexp(1.0, mantissa == 0.5 ? exponent - 1 : exponent);
}

// A scale at which a picture of whole pixels still has whole pixels: an outermost pixel that the
// picture covers only partly would be repeated as a translucent one.
double whole_scale(double scale) { return power_of_two_above(std::max(1.0, scale)); }

// A filtered image is first resampled to its place on the canvas, if it is upright.
Detail detail_of_image(const scene::Layer& layer, const Course& course, bool is_upright) {
  if (course.clamps) {
    return {{whole_scale(course.scale.width), whole_scale(course.scale.height)}, std::nullopt, {}};
  }
  const bool stands = !course.moves && is_upright && can_stand(layer.transform);
  const bool has_reach = course.filters_change || !std::ranges::all_of(layer.filters, is_color);
  if (has_reach || (!layer.filters.empty() && stands)) {
    Detail detail{course.scale, std::nullopt, {}};
    if (stands) {
      detail.standing = standing(layer.transform);
      detail.anchor = layer.transform.anchor;
    }
    return detail;
  }
  const base::PointF position = layer.transform.position.px();
  const bool is_between =
      layer.size && !course.moves &&
      (fraction(position.x - layer.transform.anchor.x * layer.size->width.px) != 0 ||
       fraction(position.y - layer.transform.anchor.y * layer.size->height.px) != 0);
  if (!course.turns && !course.scales && !is_between) return {};
  return {{power_of_two_above(course.scale.width), power_of_two_above(course.scale.height)},
          std::nullopt,
          {},
          true};
}

}  // namespace

bool keeps_place(const scene::Animation& animation) {
  if (const auto* effect = std::get_if<scene::KeyframesEffect>(&animation.effect)) {
    return std::ranges::all_of(effect->keyframes, [](const auto& k) {
      return !k.position && !k.scale && !k.rotation && !k.size;
    });
  }
  return std::holds_alternative<scene::FadeEffect>(animation.effect) ||
         std::holds_alternative<scene::VolumeEffect>(animation.effect);
}

Detail detail_of(const scene::Layer& layer) {
  const Course course = course_of(layer);
  if (course.scrolls) return {};
  const scene::Transform& transform = layer.transform;
  const bool is_upright = !course.turns && transform.scale.x > 0 && transform.scale.y > 0;
  if (std::holds_alternative<scene::ImageContent>(layer.content)) {
    return detail_of_image(layer, course, is_upright);
  }
  const auto* text = std::get_if<scene::TextContent>(&layer.content);
  if (text == nullptr && !is_turnable(layer.content)) return {};
  Detail detail{course.scale, std::nullopt, {}};
  if (course.moves && (text == nullptr || !changes(*text))) {
    detail.is_made_finer = true;
  } else if (course.moves && course.turns) {
    detail = finer(detail);
  }
  const bool has_reach = course.filters_change || !std::ranges::all_of(layer.filters, is_color);
  const bool stays = !course.moves && !course.clamps;
  if (text == nullptr && stays && (is_upright || !has_reach) && can_stand(transform)) {
    detail.standing = standing(transform);
    detail.anchor = transform.anchor;
  }
  return detail;
}

Detail finer(const Detail& detail) {
  constexpr double kFiner = 1.75;
  Detail finer = detail;
  finer.scale = {std::min(kScaleMax, detail.scale.width * kFiner),
                 std::min(kScaleMax, detail.scale.height * kFiner)};
  finer.is_made_finer = false;
  return finer;
}

base::Affine pixels_from_box(const Detail& detail, base::SizeF box) {
  if (!detail.standing) return base::scaling(detail.scale.width, detail.scale.height);
  base::Affine map = *detail.standing *
                     base::translation(-detail.anchor.x * box.width, -detail.anchor.y * box.height);
  const auto phase = [](double corner) {
    constexpr double kGrain = 1.0 / 512;  // of a pixel; smaller differences are ignored
    const double part = corner - std::floor(corner);
    return part < kGrain || part > 1 - kGrain ? 0 : part;
  };
  map.x0 = phase(map.x0);
  map.y0 = phase(map.y0);
  return map;
}

base::SizeF scale_of(const base::Affine& pixels_from_box) {
  const base::Affine& map = pixels_from_box;
  return {std::sqrt(map.xx * map.xx + map.yx * map.yx),
          std::sqrt(map.xy * map.xy + map.yy * map.yy)};
}

}  // namespace layercast::content
