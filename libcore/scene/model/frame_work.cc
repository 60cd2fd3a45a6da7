#include "scene/model/frame_work.h"

#include "scene/model/limits.h"
#include "scene/model/placeholder.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using base::SizeF;

constexpr double kBlurPasses = 6;
constexpr double kShadowPasses = 4;
constexpr double kChromaKeyPasses = 2;
constexpr double kColorPasses = 1;
constexpr double kBlendPasses = 2;
constexpr double kMaskPasses = 2;
constexpr double kReachOfRadius = 3;  // of a blur, on each side
constexpr double kLetterWidth = 0.6;  // × font size: that of most letters
constexpr double kLineHeight = 1.3;   // × font size

SizeF size_of(base::SizeI size) {
  return {static_cast<double>(size.width), static_cast<double>(size.height)};
}

// Larger pictures are not made.
double area_of(SizeF size) {
  return std::min(size.width * size.height, static_cast<double>(limits::kPicturePixelsMax));
}

SizeF grown(SizeF size, double margin) {
  return {size.width + 2 * margin, size.height + 2 * margin};
}

SizeF size_of_text(const TextContent& content) {
  const TextStyle& style = content.style;
  size_t letters = 0;  // of the longest line
  double lines = 1;
  for (std::string_view rest = content.text;;) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    letters = std::max(letters, end);
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
    ++lines;
  }
  const double letter = std::max(kLetterWidth * style.font_size + style.letter_spacing, 1.0);
  double width = static_cast<double>(letters) * letter;
  if (style.max_width && width > *style.max_width) {
    lines *= std::ceil(width / std::max(*style.max_width, letter));
    width = *style.max_width;
  }
  const double line = style.font_size * style.line_height.value_or(kLineHeight);
  return {width + style.padding.left + style.padding.right,
          lines * line + style.padding.top + style.padding.bottom};
}

// Of a content whose layer has no size: an estimate; the canvas where only its file could tell.
SizeF natural_size(const Content& content, SizeF canvas) {
  if (const auto* text = std::get_if<TextContent>(&content)) return size_of_text(*text);
  const auto* shape = std::get_if<ShapeContent>(&content);
  if (shape == nullptr) return canvas;
  if (const auto* rectangle = std::get_if<RectangleShape>(&shape->geometry)) {
    return {rectangle->width.value_or(canvas.width), rectangle->height.value_or(canvas.height)};
  }
  if (const auto* circle = std::get_if<CircleShape>(&shape->geometry)) {
    return {2 * circle->radius, 2 * circle->radius};
  }
  if (const auto* ellipse = std::get_if<EllipseShape>(&shape->geometry)) {
    return {2 * ellipse->radius_x, 2 * ellipse->radius_y};
  }
  return canvas;
}

// Whether the content has other pixels in other frames.
bool changes_by_itself(const Content& content) {
  if (const auto* text = std::get_if<TextContent>(&content)) {
    return text->text.find("{{") != std::string::npos &&
           changes_with_time(parse_placeholders(text->text).parts);
  }
  return !std::holds_alternative<ImageContent>(content) &&
         !std::holds_alternative<ShapeContent>(content) &&
         !std::holds_alternative<SvgContent>(content) &&
         !std::holds_alternative<ColorContent>(content);
}

// Whether filters see other pixels in other frames.
bool filters_anew(const Layer& layer) {
  const auto sizes = [](const Animation& animation) {
    const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
    return effect != nullptr && std::ranges::any_of(effect->keyframes, [](const Keyframe& each) {
             return each.size.has_value();
           });
  };
  const auto any_sizes = [&](const std::vector<Animation>& animations) {
    return std::ranges::any_of(animations, sizes);
  };
  return changes_by_itself(layer.content) || scroll_of(layer.animations) != nullptr ||
         (layer.transition && layer.transition->duration > base::Duration{}) ||
         any_sizes(layer.animations) || any_sizes(layer.enter) || any_sizes(layer.exit);
}

// The work of the filters; `size`, that of the picture, becomes that of the result.
double work_of(const std::vector<Filter>& filters, double scale, SizeF& size) {
  double work = 0;
  for (const Filter& filter : filters) {
    if (does_nothing(filter)) continue;
    double passes = kColorPasses;
    if (const auto* blur = std::get_if<BlurFilter>(&filter)) {
      passes = kBlurPasses;
      if (blur->edge == BlurEdge::kTransparent) {
        size = grown(size, kReachOfRadius * blur->radius * scale);
      }
    } else if (const auto* shadow = std::get_if<DropShadowFilter>(&filter)) {
      passes = kShadowPasses;
      size = grown(size, kReachOfRadius * shadow->blur * scale);
      size.width += std::abs(shadow->offset.x) * scale;
      size.height += std::abs(shadow->offset.y) * scale;
    } else if (std::holds_alternative<ChromaKeyFilter>(filter)) {
      passes = kChromaKeyPasses;
    }
    work += passes * area_of(size);
  }
  return work;
}

// The largest work of the filters in any frame; `size` becomes that of the largest result.
double filter_work(const Layer& layer, double scale, SizeF& size) {
  SizeF largest = size;
  double most = 0;
  const auto note = [&](const std::vector<Filter>& filters, bool counts) {
    SizeF filtered = size;
    const double work = work_of(filters, scale, filtered);
    if (counts) most = std::max(most, work);
    if (area_of(filtered) > area_of(largest)) largest = filtered;
  };
  bool has_keyframes = false;
  for (const auto* animations : {&layer.animations, &layer.enter, &layer.exit}) {
    for (const Animation& animation : *animations) {
      const auto* effect = std::get_if<KeyframesEffect>(&animation.effect);
      if (effect == nullptr) continue;
      for (const Keyframe& keyframe : effect->keyframes) {
        if (!keyframe.filters) continue;
        has_keyframes = true;
        note(*keyframe.filters, true);
      }
    }
  }
  if (!layer.filters.empty()) note(layer.filters, has_keyframes || filters_anew(layer));
  size = largest;
  return most;
}

}  // namespace

bool may_be_drawn(const Layer& layer) { return layer.visible || !layer.exit.empty(); }

int64_t frame_work(const Layer& layer, base::SizeI canvas) {
  if (!may_be_drawn(layer)) return 0;
  const SizeF whole = size_of(canvas);
  SizeF size = layer.size ? layer.size->in(whole) : natural_size(layer.content, whole);
  const double across = std::abs(layer.transform.scale.x);
  const double down = std::abs(layer.transform.scale.y);
  // Texts are drawn at the scale at which they are shown.
  const bool is_text = std::holds_alternative<TextContent>(layer.content);
  const double scale = is_text ? std::max({across, down, 1.0}) : 1;
  SizeF picture{size.width * scale, size.height * scale};
  double work = filter_work(layer, scale, picture);
  size = {picture.width / scale, picture.height / scale};

  const bool is_moved = layer.transform.rotation != 0 || across != 1 || down != 1 ||
                        !layer.animations.empty() || !layer.enter.empty() || !layer.exit.empty();
  const bool is_blended = layer.blend_mode != base::BlendMode::kNormal;
  const double passes = 1 + (is_moved ? 1 : 0) + (is_blended ? kBlendPasses : 0);
  const double canvas_area = whole.width * whole.height;
  work += passes * std::min(size.width * across * size.height * down, canvas_area);
  if (layer.mask) work += kMaskPasses * canvas_area;
  return std::llround(work);
}

}  // namespace layercast::scene
