#pragma once

#include "base/geometry.h"
#include "content/cairo_picture.h"
#include "content/glyph_cache.h"
#include "content/glyph_union.h"
#include "content/text_marks.h"
#include "scene/scene.h"

#include <optional>
#include <span>
#include <vector>

namespace layercast::content {

/// Adds a rectangle to the path. The corners' arcs are cairo's, within 1/1000 of the radius.
void add_rounded_rectangle(cairo_t* cairo, const base::RectF& rect, double radius);

/// Cairo rounds what it premultiplies down: it is given colours that come out as the nearest pixel.
void set_source(cairo_t* cairo, const Rgba& color);

/// Around both.
base::RectF united(const std::optional<base::RectF>& a, const base::RectF& b);

/// `rect`, each edge moved outwards.
base::RectF grown(const base::RectF& rect, double by);

/// Draws marks in a style. Fills and strokes are put together from masks of single glyphs; bars,
/// signs for letters that no font has, and very large glyphs are drawn as outlines, with all others
/// of their paint; so is everything on a context that is scaled.
/// Shape: cairo contexts count in px of the layer box; areas in their pixels. Ownership: keeps
/// references to `style` and `cache`.
class Ink {
 public:
  Ink(const scene::TextStyle& style, std::vector<Mark> marks, const base::RectF& gradient_box,
      GlyphCache& cache);

  bool has_color_glyphs() const;

  /// Around stroke and fill; absent when there is neither.
  std::optional<base::RectF> bounds() const;
  std::optional<base::RectF> backgrounds_bounds() const;

  void draw_backgrounds(cairo_t* cairo) const;
  /// Draws stroke and fill. `area`: the pixels there are to draw on.
  void draw(cairo_t* cairo, const base::RectI& area) const;
  /// Draws stroke and fill, moved by `offset`, as an opaque shape, whatever their colours: what
  /// casts a shadow in CSS.
  void draw_shape(cairo_t* cairo, const base::RectI& area, base::PointF offset) const;

 private:
  using Marks = std::span<const Mark>;
  // Where to draw.
  struct Place {
    base::RectI area;
    base::PointF offset;
  };

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
