#pragma once

#include "base/geometry.h"
#include "content/picture/cairo_picture.h"
#include "content/text/glyph_cache.h"
#include "content/text/glyph_union.h"
#include "content/text/text_marks.h"
#include "scene/model/scene.h"

#include <optional>
#include <span>
#include <vector>

namespace layercast::content {

/// Adds a rounded rectangle to the path. The error of cairo's arcs is below 1/1000 of the radius.
void add_rounded_rectangle(cairo_t* cairo, const base::RectF& rect, double radius);

/// Sets a colour such that cairo, which rounds down when it premultiplies, paints the nearest pixel
/// value.
void set_source(cairo_t* cairo, const Rgba& color);

/// The bounding box of both.
base::RectF united(const std::optional<base::RectF>& a, const base::RectF& b);

/// `rect` with each edge moved outwards.
base::RectF grown(const base::RectF& rect, double by);

/// Draws the marks of a text in its style. Combines fills and strokes from cached masks of single
/// glyphs. Draws outlines instead for bars, for the boxes of missing glyphs and for very large
/// glyphs, along with the other marks of the same paint, and always on a scaled context.
/// Units: cairo contexts use px of the layer box, areas use pixels of the target. Ownership: keeps
/// references to `style` and `cache`.
class Ink {
 public:
  Ink(const scene::TextStyle& style, std::vector<Mark> marks, const base::RectF& gradient_box,
      GlyphCache& cache);

  bool has_color_glyphs() const;

  /// The bounding box of stroke and fill; absent when there is neither.
  std::optional<base::RectF> bounds() const;
  /// The bounding box of the backgrounds that the markup sets; absent when there are none.
  std::optional<base::RectF> backgrounds_bounds() const;

  void draw_backgrounds(cairo_t* cairo) const;
  /// Draws stroke and fill. `area`: the pixels of the target.
  void draw(cairo_t* cairo, const base::RectI& area) const;
  /// Draws stroke and fill as an opaque shape, moved by `offset`, regardless of their colours, as
  /// for a CSS shadow.
  void draw_shape(cairo_t* cairo, const base::RectI& area, base::PointF offset) const;

 private:
  using Marks = std::span<const Mark>;
  // The target pixels, and the offset of the marks.
  struct Place {
    base::RectI area;
    base::PointF offset;
  };

  Rgba own_color() const;
  bool has_stroke() const;
  void stroke(cairo_t* cairo, const Place& place) const;
  void fill(cairo_t* cairo, Marks run, const Place& place) const;
  void cover(cairo_t* cairo, Marks marks, double stroke_width, const Place& place) const;
  void draw_in_color(cairo_t* cairo, const Mark& mark) const;

  const scene::TextStyle& style_;
  std::vector<Mark> marks_;
  CairoPattern gradient_;
  GlyphCache& cache_;
};

}  // namespace layercast::content
