#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <cstdint>

namespace layercast::compose {

/// Whether a box without its corners' roundness covers, too: then its coverage is multiplied.
enum class EdgesCount : uint8_t { kOnce, kTwice };

/// An upright box with rounded corners under an affine map, and how much of each canvas pixel it
/// covers: a ramp one canvas pixel wide along its edges.
/// Exact: IEEE doubles without contraction, so every machine gives the same coverage.
class CoverageBox {
 public:
  CoverageBox(const base::Affine& canvas_from_box, base::SizeF size, double radius,
              EdgesCount edges = EdgesCount::kOnce);

  /// Of the pixel whose centre is `center`. Range: 0..255.
  uint32_t coverage(base::PointF center) const;

  /// Whether every pixel of `area` is covered wholly, for certain.
  bool covers(const base::RectI& area) const;

  /// The pixels of `area` that are covered wholly for certain, as far as they are one rectangle; of
  /// a turned box all or none.
  base::RectI inside(const base::RectI& area) const;

  /// Whether no pixel of `area` is covered at all, for certain.
  bool misses(const base::RectI& area) const;

  /// Pixels of one row of the canvas, half-open.
  struct Span {
    int first;
    int last;
  };
  /// Those of row `y`, between `first` and `last`, that are covered at all, and maybe some more.
  Span touched(int y, Span within) const;

  /// Multiplies each sample of `mask` with the coverage of its pixel: `mask` is that of the pixels
  /// `area` of the canvas. Exact: divided_by_255() of the product with coverage().
  void multiply(const base::RectI& area, frame::ImageView<uint8_t> mask) const;

 private:
  // Around the centres of the pixels `area`.
  base::RectF place_of(const base::RectI& area) const;
  double corner(base::PointF point) const;
  // How far inside of its edges, in box px, a centre lies at least.
  struct Margins {
    double x;
    double y;
  };
  // The pixels of row `y`, of those in `within`, whose centres lie that far inside; all of them,
  // give or take a rounding.
  Span span_inside(int y, Span within, Margins margins) const;
  // Those with coverage() 255 for certain.
  Span full_span(int y, Span within) const;
  // Whether the row's coverage is that of any other such row: no upper or lower edge touches it.
  bool is_plain_row(int y) const;

  base::Affine box_from_canvas_;
  base::SizeF size_;
  double radius_;
  EdgesCount edges_;
  // Box px along x and y for one canvas px across each pair of edges.
  double step_x_;
  double step_y_;
};

}  // namespace layercast::compose
