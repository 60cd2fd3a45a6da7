#pragma once

#include <array>
#include <cstdint>

namespace layercast::base {

struct SizeI {
  int width = 0;
  int height = 0;
  bool operator==(const SizeI&) const = default;
  bool empty() const { return width <= 0 || height <= 0; }
  int64_t area() const { return int64_t{width} * height; }
};

struct SizeF {
  double width = 0;
  double height = 0;
  bool operator==(const SizeF&) const = default;
};

struct PointI {
  int x = 0;
  int y = 0;
  bool operator==(const PointI&) const = default;
};

struct PointF {
  double x = 0;
  double y = 0;
  bool operator==(const PointF&) const = default;
};

/// Half-open in both directions: right and bottom lie outside.
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

RectI intersection(const RectI& a, const RectI& b);

/// What of `whole` lies outside of `part`, which lies inside of it: above, beside and below it,
/// some of them empty; all of it, when `part` is empty.
std::array<RectI, 4> around(const RectI& whole, const RectI& part);

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

Affine translation(double x, double y);
Affine scaling(double x, double y);

/// Clockwise on a canvas whose y axis points down.
/// Exact: the same bits on every machine (no libm); multiples of 90° are exact.
Affine rotation_degrees(double degrees);

/// First `inner`, then `outer`.
Affine operator*(const Affine& outer, const Affine& inner);

/// The map that undoes `map`. Range: determinant not zero.
Affine inverse(const Affine& map);

/// The smallest upright rectangle around the mapped `rect`.
RectF bounds_of(const Affine& map, const RectF& rect);

}  // namespace layercast::base
