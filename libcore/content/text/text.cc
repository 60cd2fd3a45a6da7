#include "content/text/text.h"

#include "content/picture/cairo_picture.h"
#include "content/picture/fit.h"
#include "content/picture/gradient.h"
#include "content/picture/missing_letters.h"
#include "content/picture/remarks.h"
#include "content/text/text_ink.h"
#include "content/text/text_layout.h"
#include "content/text/text_letters.h"
#include "content/text/text_marks.h"
#include "content/text/text_shadow.h"
#include "content/text/text_source.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <cairo/cairo.h>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::content {
namespace {

namespace limits = scene::limits;

// Rounds up to an even number of pixels, so that a text anchored at its centre lies on whole pixels
// and is sharp.
double even_length(double length) { return std::max(2.0, 2 * std::ceil(length / 2)); }

// The whole pixels that `rect` touches, at least one; absent above the limits.
std::optional<base::RectI> pixels_of(const base::RectF& rect) {
  const double left = std::floor(rect.left);
  const double top = std::floor(rect.top);
  const double width = std::max(1.0, std::ceil(rect.right) - left);
  const double height = std::max(1.0, std::ceil(rect.bottom) - top);
  constexpr double kPlaceMax = 1e8;
  const bool within = std::abs(left) <= kPlaceMax && std::abs(top) <= kPlaceMax &&
                      width <= limits::kPictureSideMax && height <= limits::kPictureSideMax &&
                      width * height <= static_cast<double>(limits::kPicturePixelsMax);
  if (!within) return std::nullopt;
  return base::RectI{static_cast<int>(left), static_cast<int>(top), static_cast<int>(left + width),
                     static_cast<int>(top + height)};
}

// Clamps colours to alpha, because bitmap filtering can overshoot.
void restore_premultiplied(frame::ImageView<frame::PremulRgba8> view) {
  for (int y = 0; y < view.height(); ++y) {
    for (int x = 0; x < view.width(); ++x) {
      frame::PremulRgba8& pixel = view.at(x, y);
      pixel.red = std::min(pixel.red, pixel.alpha);
      pixel.green = std::min(pixel.green, pixel.alpha);
      pixel.blue = std::min(pixel.blue, pixel.alpha);
    }
  }
}

void set_background(cairo_t* cairo, const scene::Paint& paint, const base::RectF& box) {
  if (const auto* color = std::get_if<base::Color>(&paint)) return set_source(cairo, rgba(*color));
  const CairoPattern pattern(make_gradient_pattern(std::get<scene::Gradient>(paint), box));
  cairo_set_source(cairo, pattern.get());
}

base::Result<Raster> draw(const scene::TextStyle& style, const Ink& ink, base::SizeF box,
                          base::SizeF scale) {
  const auto scaled = [scale](const base::RectF& rect) {
    return base::bounds_of(base::scaling(scale.width, scale.height), rect);
  };
  const auto unscaled_or_too_large = [&]() -> base::Result<Raster> {
    if (scale == base::SizeF{1, 1}) return text_too_large();
    return draw(style, ink, box, {1, 1});
  };
  const base::RectF box_rect{0, 0, box.width, box.height};
  const bool has_background = scene::is_visible(style.background_color);
  std::optional<base::RectF> bounds = ink.backgrounds_bounds();
  if (has_background) bounds = united(bounds, box_rect);
  const auto ink_bounds = ink.bounds();
  std::optional<base::RectI> shadow_area;
  if (ink_bounds.has_value()) {
    bounds = united(bounds, *ink_bounds);
    if (has_shadow(style)) {
      const base::RectF shadow = shadow_bounds(*style.shadow, *ink_bounds);
      shadow_area = pixels_of(scaled(shadow));
      if (!shadow_area.has_value()) return unscaled_or_too_large();
      bounds = united(bounds, shadow);
    }
  }
  const auto area = pixels_of(scaled(bounds.value_or(base::RectF{})));
  if (!area.has_value()) return unscaled_or_too_large();
  TRY_DO(check_picture_memory(int64_t{area->width()} * area->height()));

  const CairoSurface surface = make_surface({area->width(), area->height()});
  const CairoContext cairo(cairo_create(surface.get()));
  cairo_translate(cairo.get(), -area->left, -area->top);
  cairo_scale(cairo.get(), scale.width, scale.height);
  if (has_background) {
    set_background(cairo.get(), style.background_color, box_rect);
    add_rounded_rectangle(cairo.get(), box_rect, style.border_radius);
    cairo_fill(cairo.get());
  }
  ink.draw_backgrounds(cairo.get());
  if (shadow_area.has_value()) draw_shadow(cairo.get(), *style.shadow, ink, *shadow_area);
  ink.draw(cairo.get(), *area);
  if (const cairo_status_t status = cairo_status(cairo.get()); status != CAIRO_STATUS_SUCCESS) {
    return base::internal_error(std::string("the text cannot be drawn: ") +
                                cairo_status_to_string(status));
  }
  auto image = image_from_surface(surface.get());
  if (ink.has_color_glyphs()) restore_premultiplied(image.view());
  return Raster{std::make_shared<const frame::Picture>(
                    std::move(image),
                    base::PointF{static_cast<double>(area->left), static_cast<double>(area->top)}),
                box, 0, base::scaling(scale.width, scale.height)};
}

}  // namespace

base::Result<Raster> rasterise_text(const scene::TextContent& content, std::string_view text,
                                    std::optional<base::SizeF> box, FontLibrary& fonts,
                                    base::SizeF scale) {
  TextBox within;
  if (box) within = {box->width, box->height};
  return rasterise_text_within(content, text, within, fonts, scale);
}

base::Result<Raster> rasterise_text_within(const scene::TextContent& content, std::string_view text,
                                           const TextBox& box, FontLibrary& fonts,
                                           base::SizeF scale) {
  const scene::TextStyle& style = content.style;
  const scene::Insets& padding = style.padding;
  TRY(const TextSource source, read_text_source(content, text));
  TRY_DO(fonts.check_file(style.font_file.value_or("")));
  FontLibrary::Use use(fonts);
  TRY(const FontChoice choice,
      use.choose({style.font_family, style.font_file.value_or(""), source.families}));

  std::optional<double> wrap_width = style.max_width;
  if (box.width) {
    const double inside = std::max(0.0, *box.width - padding.left - padding.right);
    wrap_width = std::min(inside, style.max_width.value_or(inside));
  }
  TRY(Lines lines, make_lines(content, source, choice, wrap_width));

  // Shrink-to-fit as in CSS: a text that wraps takes the full width.
  const double text_width = lines.wrapped ? wrap_width.value_or(lines.width()) : lines.width();
  const base::SizeF size{
      box.width.value_or(even_length(text_width + padding.left + padding.right)),
      box.height.value_or(even_length(lines.height() + padding.top + padding.bottom))};
  if (size.width > limits::kPictureSideMax || size.height > limits::kPictureSideMax) {
    return text_too_large();
  }
  const double top =
      place_lines(lines, style,
                  {size.width - padding.left - padding.right,
                   box.height ? *box.height - padding.top - padding.bottom : lines.height()});

  base::RectF text_box{padding.left, top, padding.left, top + lines.height()};
  if (!lines.lines.empty()) {
    text_box.left = std::ranges::min(lines.lines, {}, &Line::x).x;
    for (const Line& line : lines.lines) {
      text_box.right = std::max(text_box.right, line.x + line.width);
    }
  }
  std::vector<Mark> marks = marks_of(lines);
  if (Remarks::are_wanted()) {
    const std::vector<char32_t> letters = missing_letters(marks);
    if (!letters.empty()) Remarks::add(missing_letters_remark(letters));
  }
  return draw(style, Ink(style, std::move(marks), text_box, use.glyphs()), size, scale);
}

void paint_over(const frame::Picture& picture, base::PointF position,
                frame::ImageView<frame::PremulRgba8> target) {
  const auto source = picture.view();
  const auto left = static_cast<int>(std::lround(position.x + picture.origin().x));
  const auto top = static_cast<int>(std::lround(position.y + picture.origin().y));
  const base::RectI area =
      base::intersection({0, 0, target.width(), target.height()},
                         {left, top, left + source.width(), top + source.height()});
  for (int y = area.top; y < area.bottom; ++y) {
    for (int x = area.left; x < area.right; ++x) {
      frame::PremulRgba8& below = target.at(x, y);
      below = frame::over(source.at(x - left, y - top), below);
    }
  }
}

}  // namespace layercast::content
