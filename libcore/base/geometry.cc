#include "base/geometry.h"

#include "base/check.h"
#include "base/floor_division.h"

#include <algorithm>
#include <cmath>

namespace layercast::base {
namespace {

struct SineCosine {
  double sine;
  double cosine;
};

// Taylor series around 0 up to x^19 (Abramowitz & Stegun 4.3.65, 4.3.66): for |x| <= pi/4 the
// remainder is below one unit in the last place. libm's sin may differ in its last bit between
// CPUs, but a frame must be the same on all of them.
SineCosine sine_cosine_of_small(double x) {
  const double square = x * x;
  double sine = 0;
  double cosine = 0;
  for (int n = 8; n >= 0; --n) {
    sine = 1 - square / ((2 * n + 2) * (2 * n + 3)) * (n == 8 ? 1 : sine);
    cosine = 1 - square / ((2 * n + 1) * (2 * n + 2)) * (n == 8 ? 1 : cosine);
  }
  return {x * sine, cosine};
}

SineCosine sine_cosine_of_degrees(double degrees) {
  constexpr double kPi = 3.14159265358979323846;
  const double turned = std::fmod(degrees, 360.0);  // fmod is exact
  const double quarter = std::floor((turned + 45.0) / 90.0);
  const auto [sine, cosine] = sine_cosine_of_small((turned - quarter * 90.0) * (kPi / 180.0));
  switch (floor_divided(static_cast<int>(quarter), 4).remainder) {
    case 0:
      return {sine, cosine};
    case 1:
      return {cosine, -sine};
    case 2:
      return {-sine, -cosine};
    default:
      return {-cosine, sine};
  }
}

}  // namespace

RectI intersection(const RectI& a, const RectI& b) {
  return {std::max(a.left, b.left), std::max(a.top, b.top), std::min(a.right, b.right),
          std::min(a.bottom, b.bottom)};
}

std::array<RectI, 4> around(const RectI& whole, const RectI& part) {
  if (part.empty()) return {whole};
  return {{{whole.left, whole.top, whole.right, part.top},
           {whole.left, part.top, part.left, part.bottom},
           {part.right, part.top, whole.right, part.bottom},
           {whole.left, part.bottom, whole.right, whole.bottom}}};
}

Affine translation(double x, double y) { return {1, 0, 0, 1, x, y}; }

Affine scaling(double x, double y) { return {x, 0, 0, y, 0, 0}; }

Affine rotation_degrees(double degrees) {
  const auto [sine, cosine] = sine_cosine_of_degrees(degrees);
  return {cosine, -sine, sine, cosine, 0, 0};
}

Affine operator*(const Affine& outer, const Affine& inner) {
  return {outer.xx * inner.xx + outer.xy * inner.yx,
          outer.xx * inner.xy + outer.xy * inner.yy,
          outer.yx * inner.xx + outer.yy * inner.yx,
          outer.yx * inner.xy + outer.yy * inner.yy,
          outer.xx * inner.x0 + outer.xy * inner.y0 + outer.x0,
          outer.yx * inner.x0 + outer.yy * inner.y0 + outer.y0};
}

Affine inverse(const Affine& map) {
  const double determinant = map.determinant();
  LAYERCAST_CHECK(determinant != 0);
  const double xx = map.yy / determinant;
  const double xy = -map.xy / determinant;
  const double yx = -map.yx / determinant;
  const double yy = map.xx / determinant;
  return {xx, xy, yx, yy, -(xx * map.x0 + xy * map.y0), -(yx * map.x0 + yy * map.y0)};
}

RectF bounds_of(const Affine& map, const RectF& rect) {
  const PointF corners[] = {map.map({rect.left, rect.top}), map.map({rect.right, rect.top}),
                            map.map({rect.left, rect.bottom}), map.map({rect.right, rect.bottom})};
  RectF bounds{corners[0].x, corners[0].y, corners[0].x, corners[0].y};
  for (const PointF& corner : corners) {
    bounds.left = std::min(bounds.left, corner.x);
    bounds.top = std::min(bounds.top, corner.y);
    bounds.right = std::max(bounds.right, corner.x);
    bounds.bottom = std::max(bounds.bottom, corner.y);
  }
  return bounds;
}

}  // namespace layercast::base
