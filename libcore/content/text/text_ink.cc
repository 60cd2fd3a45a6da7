#include "content/text/text_ink.h"

#include "content/picture/gradient.h"

#include <algorithm>
#include <cairo/cairo.h>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <pango/pangocairo.h>
#include <utility>
#include <variant>

namespace layercast::content {
namespace {

bool has_outline(const Mark& mark) { return !mark.behind && !mark.in_color; }

// Uses outlines, because cairo's text functions place glyphs at whole pixels and space letters
// unevenly.
void add_outline(cairo_t* cairo, const Mark& mark) {
  if (mark.glyphs == nullptr) {
    cairo_rectangle(cairo, mark.bar.left, mark.bar.top, mark.bar.width(), mark.bar.height());
    return;
  }
  cairo_move_to(cairo, mark.x, mark.y);
  pango_cairo_glyph_string_path(cairo, mark.font.get(), mark.glyphs.get());
  cairo_new_sub_path(cairo);
}

void add_outlines(cairo_t* cairo, std::span<const Mark> marks) {
  for (const Mark& mark : marks) {
    if (has_outline(mark)) add_outline(cairo, mark);
  }
}

int64_t nearest_place(double px) { return std::llrint(px * kPlacesPerPx); }

// Adds the mark's glyphs at the positions of pango_cairo_glyph_string_path(). False when it
// contains anything other than glyphs.
bool add_glyphs(const Mark& mark, base::PointF offset, std::vector<PlacedGlyph>& glyphs) {
  if (mark.glyphs == nullptr || !PANGO_IS_CAIRO_FONT(mark.font.get())) return false;
  cairo_scaled_font_t* font = pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(mark.font.get()));
  if (font == nullptr) return false;
  const int64_t start = nearest_place(mark.x + offset.x);
  const int64_t baseline = nearest_place(mark.y + offset.y);
  int advance = 0;
  for (int i = 0; i < mark.glyphs->num_glyphs; ++i) {
    const PangoGlyphInfo& info = mark.glyphs->glyphs[i];
    if (info.glyph != PANGO_GLYPH_EMPTY) {
      if ((info.glyph & PANGO_GLYPH_UNKNOWN_FLAG) != 0) return false;
      const double x = static_cast<double>(start) / kPlacesPerPx;
      const double y = static_cast<double>(baseline) / kPlacesPerPx;
      glyphs.push_back({font, info.glyph, nearest_place(x + px(advance + info.geometry.x_offset)),
                        nearest_place(y + px(info.geometry.y_offset))});
    }
    advance += info.geometry.width;
  }
  return true;
}

base::RectF color_bounds(const Mark& mark) {
  PangoRectangle ink;
  pango_glyph_string_extents(mark.glyphs.get(), mark.font.get(), &ink, nullptr);
  // Bitmap glyphs are placed on whole pixels, and their edges are filtered.
  return grown({mark.x + px(ink.x), mark.y + px(ink.y), mark.x + px(ink.x) + px(ink.width),
                mark.y + px(ink.y) + px(ink.height)},
               2);
}

void show_in_color(cairo_t* cairo, const Mark& mark) {
  cairo_set_source_rgba(cairo, 0, 0, 0, 1);
  cairo_move_to(cairo, mark.x, mark.y);
  pango_cairo_show_glyph_string(cairo, mark.font.get(), mark.glyphs.get());
  cairo_new_path(cairo);
}

bool is_scaled(cairo_t* cairo) {
  cairo_matrix_t matrix;
  cairo_get_matrix(cairo, &matrix);
  return matrix.xx != 1 || matrix.yy != 1;
}

// Fills the path with the source, or strokes it when `stroke_width` is not 0.
void cover_path(cairo_t* cairo, double stroke_width) {
  if (stroke_width == 0) {
    cairo_fill(cairo);
    return;
  }
  cairo_set_line_width(cairo, stroke_width);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_cap(cairo, CAIRO_LINE_CAP_ROUND);
  cairo_stroke(cairo);
}

}  // namespace

void add_rounded_rectangle(cairo_t* cairo, const base::RectF& rect, double radius) {
  constexpr double kQuarter = std::numbers::pi / 2;
  const double r = std::clamp(radius, 0.0, std::min(rect.width(), rect.height()) / 2);
  if (r == 0) {
    cairo_rectangle(cairo, rect.left, rect.top, rect.width(), rect.height());
    return;
  }
  cairo_new_sub_path(cairo);
  cairo_arc(cairo, rect.right - r, rect.top + r, r, -kQuarter, 0);
  cairo_arc(cairo, rect.right - r, rect.bottom - r, r, 0, kQuarter);
  cairo_arc(cairo, rect.left + r, rect.bottom - r, r, kQuarter, 2 * kQuarter);
  cairo_arc(cairo, rect.left + r, rect.top + r, r, 2 * kQuarter, 3 * kQuarter);
  cairo_close_path(cairo);
}

void set_source(cairo_t* cairo, const Rgba& color) {
  const double alpha = std::round(color.alpha * 255);
  const auto nearest = [alpha](double part) {
    return alpha == 0 ? 0 : std::round(part * alpha) / alpha;
  };
  cairo_set_source_rgba(cairo, nearest(color.red), nearest(color.green), nearest(color.blue),
                        alpha / 255);
}

base::RectF united(const std::optional<base::RectF>& a, const base::RectF& b) {
  if (!a.has_value()) return b;
  return {std::min(a->left, b.left), std::min(a->top, b.top), std::max(a->right, b.right),
          std::max(a->bottom, b.bottom)};
}

base::RectF grown(const base::RectF& rect, double by) {
  return {rect.left - by, rect.top - by, rect.right + by, rect.bottom + by};
}

Ink::Ink(const scene::TextStyle& style, std::vector<Mark> marks, const base::RectF& gradient_box,
         GlyphCache& cache)
    : style_(style), marks_(std::move(marks)), cache_(cache) {
  const auto* gradient =
      style.gradient ? &*style.gradient : std::get_if<scene::Gradient>(&style.color);
  if (gradient != nullptr) gradient_.reset(make_gradient_pattern(*gradient, gradient_box));
}

bool Ink::has_color_glyphs() const {
  return std::ranges::any_of(marks_, [](const Mark& mark) { return mark.in_color; });
}

std::optional<base::RectF> Ink::bounds() const {
  // Unbounded: cairo omits glyphs far outside a bounded surface.
  const CairoSurface surface(cairo_recording_surface_create(CAIRO_CONTENT_ALPHA, nullptr));
  const CairoContext cairo(cairo_create(surface.get()));
  std::optional<base::RectF> bounds;
  for (const Mark& mark : marks_) {
    if (mark.in_color) bounds = united(bounds, color_bounds(mark));
  }
  add_outlines(cairo.get(), marks_);
  base::RectF outline;
  cairo_path_extents(cairo.get(), &outline.left, &outline.top, &outline.right, &outline.bottom);
  const double reach = has_stroke() ? style_.stroke->width / 2 : 0;
  if (outline.width() > 0 || outline.height() > 0) bounds = united(bounds, grown(outline, reach));
  return bounds;
}

std::optional<base::RectF> Ink::backgrounds_bounds() const {
  std::optional<base::RectF> bounds;
  for (const Mark& mark : marks_) {
    if (mark.behind) bounds = united(bounds, mark.bar);
  }
  return bounds;
}

void Ink::draw_backgrounds(cairo_t* cairo) const {
  for (const Mark& mark : marks_) {
    if (!mark.behind || !mark.color.has_value()) continue;
    set_source(cairo, *mark.color);
    add_outline(cairo, mark);
    cairo_fill(cairo);
  }
}

void Ink::draw(cairo_t* cairo, const base::RectI& area) const {
  const Place place{area, {}};
  if (has_stroke()) {
    set_source(cairo, rgba(style_.stroke->color));
    cover(cairo, marks_, style_.stroke->width, place);
  }
  // Fills marks of equal paint as one shape, so that translucent overlaps do not add up.
  size_t first = 0;
  while (first < marks_.size()) {
    const Mark& mark = marks_[first];
    size_t end = first + 1;
    if (mark.in_color) draw_in_color(cairo, mark);
    if (has_outline(mark)) {
      while (end < marks_.size() && has_outline(marks_[end]) && marks_[end].color == mark.color &&
             marks_[end].alpha == mark.alpha) {
        ++end;
      }
      fill(cairo, Marks(marks_).subspan(first, end - first), place);
    }
    first = end;
  }
}

void Ink::draw_shape(cairo_t* cairo, const base::RectI& area, base::PointF offset) const {
  const Place place{area, offset};
  cairo_set_source_rgba(cairo, 0, 0, 0, 1);
  cover(cairo, marks_, 0, place);
  if (has_stroke()) cover(cairo, marks_, style_.stroke->width, place);
  cairo_save(cairo);
  cairo_translate(cairo, offset.x, offset.y);
  for (const Mark& mark : marks_) {
    if (mark.in_color) show_in_color(cairo, mark);
  }
  cairo_restore(cairo);
}

// Of marks that the markup does not color; opaque with a gradient.
Rgba Ink::own_color() const {
  const auto* color = std::get_if<base::Color>(&style_.color);
  return gradient_ != nullptr || color == nullptr ? Rgba{0, 0, 0, 1} : rgba(*color);
}

bool Ink::has_stroke() const {
  return style_.stroke.has_value() && style_.stroke->width > 0 && style_.stroke->color.alpha > 0;
}

// Fills consecutive marks of equal paint.
void Ink::fill(cairo_t* cairo, Marks run, const Place& place) const {
  const Mark& paint = run.front();
  if (gradient_ == nullptr || paint.color.has_value()) {
    Rgba color = paint.color.value_or(own_color());
    if (!paint.color.has_value()) color.alpha = paint.alpha.value_or(color.alpha);
    set_source(cairo, color);
    cover(cairo, run, 0, place);
    return;
  }
  if (paint.alpha.has_value()) cairo_push_group(cairo);
  cairo_set_source(cairo, gradient_.get());
  cover(cairo, run, 0, place);
  if (paint.alpha.has_value()) {
    cairo_pop_group_to_source(cairo);
    cairo_paint_with_alpha(cairo, *paint.alpha);
  }
}

// Fills the marks as one shape with the source, or strokes them when `stroke_width` is not 0.
void Ink::cover(cairo_t* cairo, Marks marks, double stroke_width, const Place& place) const {
  std::vector<PlacedGlyph> glyphs;
  const bool all_glyphs = !is_scaled(cairo) && std::ranges::all_of(marks, [&](const Mark& mark) {
    return !has_outline(mark) || add_glyphs(mark, place.offset, glyphs);
  });
  if (all_glyphs) {
    const auto coverage = united_coverage(glyphs, stroke_width, place.area, cache_);
    if (coverage.has_value()) {
      if (coverage->area.empty()) return;
      cairo_mask_surface(cairo, coverage->mask.get(), coverage->area.left, coverage->area.top);
      return;
    }
  }
  cairo_save(cairo);
  cairo_translate(cairo, place.offset.x, place.offset.y);
  add_outlines(cairo, marks);
  cover_path(cairo, stroke_width);
  cairo_restore(cairo);
}

void Ink::draw_in_color(cairo_t* cairo, const Mark& mark) const {
  const double style_alpha = own_color().alpha;
  const double alpha =
      mark.color.has_value() ? mark.color->alpha : mark.alpha.value_or(style_alpha);
  if (alpha >= 1) {
    show_in_color(cairo, mark);
    return;
  }
  cairo_push_group(cairo);
  show_in_color(cairo, mark);
  cairo_pop_group_to_source(cairo);
  cairo_paint_with_alpha(cairo, alpha);
}

}  // namespace layercast::content
