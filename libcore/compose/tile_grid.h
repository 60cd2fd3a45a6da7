#pragma once

#include "base/geometry.h"

#include <algorithm>

namespace layercast::compose {

/// A canvas divided into tiles, row by row. The pixels of a tile fit the first-level cache.
/// Units: canvas pixels. Thread: any; immutable.
class TileGrid {
 public:
  static constexpr int kWidth = 128;
  static constexpr int kHeight = 48;

  explicit TileGrid(base::SizeI canvas)
      : canvas_(canvas),
        columns_((canvas.width + kWidth - 1) / kWidth),
        lines_((canvas.height + kHeight - 1) / kHeight) {}

  int count() const { return columns_ * lines_; }
  int columns() const { return columns_; }
  /// The area of tile `tile`; tiles at the right and the bottom may be smaller.
  base::RectI area(int tile) const {
    const int left = tile % columns_ * kWidth;
    const int top = tile / columns_ * kHeight;
    return {left, top, std::min(left + kWidth, canvas_.width),
            std::min(top + kHeight, canvas_.height)};
  }
  /// The left half (0) or the right half (1) of tile `tile`; the right one may be empty. Videos are
  /// copied by halves: the smaller the unit, the fewer pixels at their edges must be composed.
  base::RectI half(int tile, int half) const {
    const base::RectI whole = area(tile);
    const int middle = std::min(whole.left + kWidth / 2, whole.right);
    return half == 0 ? base::RectI{whole.left, whole.top, middle, whole.bottom}
                     : base::RectI{middle, whole.top, whole.right, whole.bottom};
  }
  /// The tiles that `area` of the canvas touches; the unit of the result is a tile.
  base::RectI touched(const base::RectI& area) const {
    const base::RectI inside = base::intersection(area, {0, 0, canvas_.width, canvas_.height});
    if (inside.empty()) return {};
    return {inside.left / kWidth, inside.top / kHeight, (inside.right + kWidth - 1) / kWidth,
            (inside.bottom + kHeight - 1) / kHeight};
  }

 private:
  base::SizeI canvas_;
  int columns_;
  int lines_;
};

}  // namespace layercast::compose
