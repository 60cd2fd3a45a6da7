#pragma once

#include "base/geometry.h"

namespace layercast::scene {

/// A length: px, plus a percentage of the side of the parent, as in CSS calc(50% + 20px).
struct Length {
  double px = 0;
  double percent = 0;

  constexpr Length() = default;
  /// A length in px. Implicit: a plain number in a scene is a length in px.
  constexpr Length(double px_only) : px(px_only) {}  // NOLINT(google-explicit-constructor)
  constexpr Length(double px_part, double percent_part) : px(px_part), percent(percent_part) {}

  /// In px, with a parent of this side in px.
  constexpr double in(double parent) const { return px + percent / 100 * parent; }
  constexpr bool is_relative() const { return percent != 0; }
  bool operator==(const Length&) const = default;
};

/// A point in the parent.
struct LengthPoint {
  Length x, y;

  constexpr base::PointF in(base::SizeF parent) const {
    return {x.in(parent.width), y.in(parent.height)};
  }
  constexpr bool is_relative() const { return x.is_relative() || y.is_relative(); }
  /// Without the percentages; exact for lengths that have none, such as those of resolved().
  constexpr base::PointF px() const { return {x.px, y.px}; }
  bool operator==(const LengthPoint&) const = default;
};

/// The size of a box in the parent.
struct LengthSize {
  Length width, height;

  constexpr base::SizeF in(base::SizeF parent) const {
    return {width.in(parent.width), height.in(parent.height)};
  }
  constexpr bool is_relative() const { return width.is_relative() || height.is_relative(); }
  /// Without the percentages; exact for lengths that have none, such as those of resolved().
  constexpr base::SizeF px() const { return {width.px, height.px}; }
  bool operator==(const LengthSize&) const = default;
};

}  // namespace layercast::scene
