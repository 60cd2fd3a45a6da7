#pragma once

#include <array>
#include <cstdint>

namespace layercast::base {

/// A size in whole pixels.
struct SizeI {
  int width = 0;
  int height = 0;
  bool operator==(const SizeI&) const = default;
  bool empty() const { return width <= 0 || height <= 0; }
  int64_t area() const { return int64_t{width} * height; }
};

/// A size in pixels, fractions included.
struct SizeF {
  double width = 0;
  double height = 0;
  bool operator==(const SizeF&) const = default;
};

/// A pixel; x points right, y points down.
struct PointI {
  int x = 0;
  int y = 0;
  bool operator==(const PointI&) const = default;
};

/// A point in pixels, fractions included; x points right, y points down.
struct PointF {
  double x = 0;
  double y = 0;
  bool operator==(const PointF&) const = default;
};

/// A rectangle of whole pixels, half-open in both directions: `right` and `bottom` lie outside.
struct RectI {
  int left = 0;
  int top = 0;
  int right = 0;
  int bottom = 0;
  bool operator==(const RectI&) const = default;
  bool empty() const { return right <= left || bottom <= top; }
  int width() const { return right - left; }
  int height() const { return bottom - top; }
};

/// The area that `a` and `b` have in common; empty() when they do not overlap.
RectI intersection(const RectI& a, const RectI& b);

/// The four areas of `whole` outside `part`: above, left, right and below; some may be empty. The
/// first is all of `whole` when `part` is empty. Range: `part` is empty or inside `whole`.
std::array<RectI, 4> around(const RectI& whole, const RectI& part);

/// A rectangle whose edges may be at fractional positions, in pixels.
struct RectF {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
  bool operator==(const RectF&) const = default;
  double width() const { return right - left; }
  double height() const { return bottom - top; }
};

/// A plane affine map: x' = xx·x + xy·y + x0, y' = yx·x + yy·y + y0.
struct Affine {
  double xx = 1;
  double xy = 0;
  double yx = 0;
  double yy = 1;
  double x0 = 0;
  double y0 = 0;
  bool operator==(const Affine&) const = default;

  PointF map(PointF point) const {
    return {xx * point.x + xy * point.y + x0, yx * point.x + yy * point.y + y0};
  }
  double determinant() const { return xx * yy - xy * yx; }
};

/// The map that moves a point by (x, y).
Affine translation(double x, double y);
/// The map that scales by `x` and `y` about the origin.
Affine scaling(double x, double y);

/// The rotation about the origin: clockwise on a canvas whose y axis points down.
/// Exact: the same bits on every machine (no libm); multiples of 90° are exact.
Affine rotation_degrees(double degrees);

/// The map that applies `inner` first, then `outer`.
Affine operator*(const Affine& outer, const Affine& inner);

/// The inverse of `map`. Range: determinant not zero.
Affine inverse(const Affine& map);

/// The smallest upright rectangle around the mapped `rect`.
RectF bounds_of(const Affine& map, const RectF& rect);

}  // namespace layercast::base
