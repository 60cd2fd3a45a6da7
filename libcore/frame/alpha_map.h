#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <cstdint>
#include <vector>

namespace layercast::frame {

/// Tells which areas of an image are transparent or opaque, at a resolution of 16×16 pixels: enough
/// to skip the clear middle of a vignette or the empty corners of a badge.
/// Ownership: does not refer to `pixels` after a call. Thread: any; immutable except for update().
class AlphaMap {
 public:
  explicit AlphaMap(ImageView<const PremulRgba8> pixels);
  /// The same for an image of alphas alone.
  explicit AlphaMap(ImageView<const uint8_t> alphas);

  /// Becomes the map of `pixels`, without allocating. Shape: the size of the first ones. Thread:
  /// one at a time.
  void update(ImageView<const PremulRgba8> pixels);
  void update(ImageView<const uint8_t> alphas);

  /// True only if every pixel of `area` is transparent; may miss some areas that are. Pixels
  /// outside the image count as transparent.
  bool is_clear(const base::RectI& area) const;
  /// True only if every pixel of `area` is opaque; may miss some areas that are. Pixels outside the
  /// image count as not opaque.
  bool is_opaque(const base::RectI& area) const;

 private:
  // The numbers of clear and of opaque cells above and to the left of a corner.
  struct Counts {
    uint32_t clear = 0;
    uint32_t opaque = 0;
  };
  const Counts& sum_at(int column, int line) const {
    return sums_[static_cast<size_t>(line) * static_cast<size_t>(columns_ + 1) +
                 static_cast<size_t>(column)];
  }
  explicit AlphaMap(base::SizeI size);
  template <class Pixel>
  void count(ImageView<const Pixel> pixels);
  // The cells that `area` touches; the unit is a cell.
  base::RectI cells_of(const base::RectI& area) const;

  base::SizeI size_;
  int columns_;
  int lines_;
  std::vector<Counts> sums_;  // (columns + 1) × (lines + 1), row after row
};

}  // namespace layercast::frame
