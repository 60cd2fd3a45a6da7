#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <cstdint>
#include <vector>

namespace layercast::frame {

/// Where an image is transparent and where it is opaque, known for cells of 16×16 pixels: enough to
/// leave out what a vignette's clear middle or a badge's empty corners would cost.
/// Thread: any; immutable.
class AlphaMap {
 public:
  explicit AlphaMap(ImageView<const PremulRgba8> pixels);

  /// Whether every pixel of `area` is transparent for certain. What lies outside of the image is.
  bool is_clear(const base::RectI& area) const;
  /// Whether every pixel of `area` is opaque for certain. What lies outside of the image is not.
  bool is_opaque(const base::RectI& area) const;

 private:
  // How many cells above and to the left of a corner are clear, and how many opaque.
  struct Counts {
    uint32_t clear = 0;
    uint32_t opaque = 0;
  };
  const Counts& sum_at(int column, int line) const {
    return sums_[static_cast<size_t>(line) * static_cast<size_t>(columns_ + 1) +
                 static_cast<size_t>(column)];
  }
  // Cells that `area` touches, in cells.
  base::RectI cells_of(const base::RectI& area) const;

  base::SizeI size_;
  int columns_;
  int lines_;
  std::vector<Counts> sums_;  // (columns + 1) × (lines + 1), row after row
};

}  // namespace layercast::frame
