#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <cstdint>

namespace layercast::compose {

/// Whether the coverage of a rounded box is multiplied by that of the box without rounding: its
/// straight edges then count twice.
enum class EdgesCount : uint8_t { kOnce, kTwice };

/// The look of the edges of a box.
struct BoxEdges {
  double radius = 0;  ///< of the corners, px of the box; at most half of the shorter side counts
  EdgesCount count = EdgesCount::kOnce;
  base::SizeF fade{};  ///< as RoundedClip::fade
};

/// The coverage of canvas pixels by a box with rounded corners under an affine map: a ramp one
/// canvas pixel wide along its edges, or the linear ramps of `fade`.
/// Exact: IEEE doubles without contraction, so every machine gives the same coverage.
/// Thread: any; immutable.
class CoverageBox {
 public:
  /// `size`: px of the box. Range: `canvas_from_box` is invertible.
  CoverageBox(const base::Affine& canvas_from_box, base::SizeF size, const BoxEdges& edges);

  /// The coverage of the canvas pixel whose centre is `center`. Range: 0..255.
  uint32_t coverage(base::PointF center) const;

  /// True only if every pixel of `area` has coverage 255; may miss some areas that have it.
  bool covers(const base::RectI& area) const;

  /// A rectangle of pixels of `area` that all have coverage 255; for a rotated box, all of `area`
  /// or none of it.
  base::RectI inside(const base::RectI& area) const;

  /// True only if every pixel of `area` has coverage 0; may miss some areas that have it.
  bool misses(const base::RectI& area) const;

  /// A half-open range of pixels in one row of the canvas.
  struct Span {
    int first;
    int last;
  };
  /// The part of `within` in row `y` that has all pixels with coverage above 0, and maybe a few
  /// with 0.
  Span touched(int y, Span within) const;

  /// Multiplies each sample of `mask` by the coverage of its pixel. Shape: `mask` has the size of
  /// `area` and its samples are those of these canvas pixels.
  /// Exact: divided_by_255() of the product with coverage().
  void multiply(const base::RectI& area, frame::ImageView<uint8_t> mask) const;

 private:
  // The bounds, in box px, of the centres of the pixels of `area`.
  base::RectF place_of(const base::RectI& area) const;
  double corner(base::PointF point) const;
  double faded(base::PointF point) const;
  // The least distances, in box px, by which a centre is inside the edges.
  struct Margins {
    double x;
    double y;
  };
  // The pixels of `within` in row `y` whose centres are inside the edges by `margins`, up to
  // rounding.
  Span span_inside(int y, Span within, Margins margins) const;
  // From these on, only corners lower the coverage.
  Margins full_margins() const;
  // Pixels of `within` in row `y` whose coverage() is certainly 255.
  Span full_span(int y, Span within) const;
  // Whether no upper or lower edge and no corner touches row `y`; all such rows are equal.
  bool is_plain_row(int y) const;

  base::Affine box_from_canvas_;
  base::SizeF size_;
  double radius_;
  EdgesCount edges_;
  base::SizeF fade_;
  // The distance in box px, along x and y, that is one canvas px across each pair of edges.
  double step_x_;
  double step_y_;
};

}  // namespace layercast::compose
