#include "content/text/error_picture.h"

#include "base/redaction.h"
#include "content/picture/cairo_picture.h"
#include "content/text/text.h"
#include "scene/model/scene.h"

#include <algorithm>
#include <cairo/cairo.h>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>
#include <string>
#include <utility>

namespace layercast::content {
namespace {

constexpr base::SizeF kDefaultBox{480, 120};
constexpr double kSideMax = 4096;
constexpr size_t kReasonBytesMax = 1000;
constexpr int kFontSizes[] = {30, 26, 22, 19, 16, 14, 12, 10};

// The layout, in px of the picture.
struct Layout {
  double width;
  double height;
  double margin;  // around icon and text
  double radius;  // of the corners

  explicit Layout(base::SizeI size)
      : width(size.width),
        height(size.height),
        margin(std::clamp(std::min(width, height) / 8, 4.0, 28.0)),
        radius(std::clamp(std::min(width, height) / 8, 1.0, 18.0)) {}
};

// `cannot open /srv/show/a.png` as `cannot open a.png`. A path begins after a space, a quote or a
// bracket, and ends before the next one.
std::string without_absolute_folders(std::string_view text) {
  constexpr std::string_view kEdges = " \t\"'`()[]<>,";
  std::string result;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(kEdges), text.size());
    std::string_view word = text.substr(0, end);
    if (word.starts_with('/') && word.find_last_of('/') + 1 < word.size()) {
      word.remove_prefix(word.find_last_of('/') + 1);
    }
    result += word;
    if (end < text.size()) result += text[end];
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

void add_panel(cairo_t* cairo, const Layout& layout, double inset) {
  constexpr double kQuarter = std::numbers::pi / 2;
  const double r = std::max(0.0, layout.radius - inset);
  const double near = inset + r;
  const double right = layout.width - near;
  const double bottom = layout.height - near;
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, right, near, r, -kQuarter, 0);
  cairo_arc(cairo, right, bottom, r, 0, kQuarter);
  cairo_arc(cairo, near, bottom, r, kQuarter, 2 * kQuarter);
  cairo_arc(cairo, near, near, r, 2 * kQuarter, 3 * kQuarter);
  cairo_close_path(cairo);
}

void draw_panel(cairo_t* cairo, const Layout& layout) {
  add_panel(cairo, layout, 0);
  cairo_set_source_rgba(cairo, 180 / 255.0, 20 / 255.0, 30 / 255.0, 0.72);
  cairo_fill(cairo);
  const double border = std::min({3.0, layout.width / 8, layout.height / 8});
  add_panel(cairo, layout, border / 2);
  cairo_set_source_rgba(cairo, 1, 0.45, 0.45, 0.9);
  cairo_set_line_width(cairo, border);
  cairo_stroke(cairo);
}

// An exclamation mark in a circle.
void draw_icon(cairo_t* cairo, base::PointF center, double size) {
  const double line = size / 11;
  cairo_set_source_rgba(cairo, 1, 1, 1, 0.95);
  cairo_set_line_width(cairo, line);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_arc(cairo, center.x, center.y, (size - line) / 2, 0, 2 * std::numbers::pi);
  cairo_stroke(cairo);
  cairo_set_line_width(cairo, line * 1.15);
  cairo_move_to(cairo, center.x, center.y - size * 0.22);
  cairo_line_to(cairo, center.x, center.y + size * 0.06);
  cairo_stroke(cairo);
  cairo_arc(cairo, center.x, center.y + size * 0.23, line * 0.75, 0, 2 * std::numbers::pi);
  cairo_fill(cairo);
}

scene::TextContent reason_content(std::string_view reason, double font_size, double max_width) {
  scene::TextContent content;
  content.text = "";  // the reason is not searched for placeholders
  content.style.font_size = font_size;
  content.style.font_weight = 500;
  content.style.max_width = max_width;
  content.style.text_align = scene::TextAlign::kLeft;
  content.style.shadow = scene::Shadow{{60, 0, 0, 140}, 3, {0, 1}};
  // Long reasons contain paths and parser messages, whose ragged lines look bad when centred.
  if (reason.size() < 24) content.style.text_align = scene::TextAlign::kCenter;
  return content;
}

struct Reason {
  Raster text;
  double icon_size = 0;  // 0: no space
  double gap = 0;
};

// The reason at the largest font size that fits; absent when none does.
std::optional<Reason> fitted_reason(std::string_view reason, const Layout& layout,
                                    FontLibrary& fonts) {
  const double height = layout.height - 2 * layout.margin;
  const bool has_icon = layout.width >= 180 && layout.height >= 48;
  for (const int font_size : kFontSizes) {
    const bool last = font_size == kFontSizes[std::size(kFontSizes) - 1];
    Reason fitted;
    if (has_icon) {
      fitted.icon_size = std::min(font_size * 1.9, height);
      fitted.gap = font_size * 0.7;
    }
    const double width = layout.width - 2 * layout.margin - fitted.icon_size - fitted.gap;
    if (width < font_size * 2) continue;
    scene::TextContent content = reason_content(reason, font_size, width);
    // One excess line shows that a size does not fit; laying out all lines is unnecessary.
    const int lines = std::max(1, static_cast<int>(height / (font_size * 1.25)));
    content.style.max_lines = last ? lines : lines + 1;
    auto text = rasterise_text(content, reason, std::nullopt, fonts);
    if (!text.ok()) return std::nullopt;
    fitted.text = std::move(text).value();
    if (fitted.text.box.height <= height) return fitted;
  }
  return std::nullopt;
}

base::SizeI picture_size(base::SizeF box) {
  const auto side = [](double length) {
    return static_cast<int>(std::clamp(std::ceil(length), 1.0, kSideMax));
  };
  return {side(box.width), side(box.height)};
}

}  // namespace

Raster error_picture(std::string_view reason, base::SizeF box, FontLibrary* fonts) {
  const bool has_box = box.width > 0 && box.height > 0;  // false for NaN
  if (!has_box) box = kDefaultBox;
  const base::SizeI size = picture_size(box);
  const Layout layout(size);
  const CairoSurface surface = make_surface(size);
  const CairoContext cairo(cairo_create(surface.get()));
  draw_panel(cairo.get(), layout);

  std::optional<Reason> fitted;
  if (fonts != nullptr) {
    fitted = fitted_reason(reason.substr(0, kReasonBytesMax), layout, *fonts);
  }
  base::PointF text_place;
  if (fitted.has_value()) {
    const base::SizeF text = fitted->text.box;
    const double left =
        std::floor((layout.width - fitted->icon_size - fitted->gap - text.width) / 2);
    if (fitted->icon_size > 0) {
      draw_icon(cairo.get(), {left + fitted->icon_size / 2, layout.height / 2}, fitted->icon_size);
    }
    text_place = {left + fitted->icon_size + fitted->gap,
                  std::floor((layout.height - text.height) / 2)};
  }
  auto image = image_from_surface(surface.get());
  if (fitted.has_value()) paint_over(*fitted->text.picture, text_place, image.view());
  const base::PointF origin{std::max(0.0, std::floor((box.width - size.width) / 2)),
                            std::max(0.0, std::floor((box.height - size.height) / 2))};
  return {std::make_shared<const frame::Picture>(std::move(image), origin), box};
}

std::string reason_without_folders(const base::Error& error) {
  base::Error shown = error;
  if (!base::is_url(shown.where)) shown.where = shown.where.substr(shown.where.rfind('/') + 1);
  shown.message = without_absolute_folders(shown.message);
  shown.cause = nullptr;
  std::string text = shown.to_string();
  if (error.cause != nullptr) text += ": " + reason_without_folders(*error.cause);
  return text;
}

}  // namespace layercast::content
