#pragma once

#include "base/geometry.h"

#include <cstdint>

namespace layercast::compose {

/// The positions in a plane at which the centres of canvas pixels are sampled, relative to the
/// centre of the plane's first sample. Units: 2^-32 samples, fine enough that the rounding error is
/// negligible at the end of a row of the largest canvas.
/// Arithmetic is modulo 2^64: the position of the first canvas pixel may overflow for a very thin
/// picture, but that of a pixel that the picture covers does not.
struct SampleGrid {
  uint64_t x0 = 0;  ///< of canvas pixel (0, 0), plus half of 1/256 to round weights
  uint64_t y0 = 0;
  uint64_t xx = 0;  ///< step for one canvas pixel to the right
  uint64_t yx = 0;
  uint64_t xy = 0;  ///< step for one canvas pixel down
  uint64_t yy = 0;
  bool operator==(const SampleGrid&) const = default;

  int64_t x_at(int x, int y) const {
    return static_cast<int64_t>(x0 + xx * static_cast<uint64_t>(x) + xy * static_cast<uint64_t>(y));
  }
  int64_t y_at(int x, int y) const {
    return static_cast<int64_t>(y0 + yx * static_cast<uint64_t>(x) + yy * static_cast<uint64_t>(y));
  }
};

/// The grid for a map from the canvas to the plane. Exact: each number is rounded to nearest.
SampleGrid sample_grid(const base::Affine& plane_from_canvas);

/// A position on a SampleGrid, split into a sample and a weight.
struct SamplePlace {
  int index;        ///< of the sample before the position
  uint32_t weight;  ///< of the sample after the position, out of 256
};
constexpr SamplePlace sample_place(int64_t at) {
  return {static_cast<int>(at >> 32), static_cast<uint32_t>(at >> 24) & 255};
}

/// The largest number of halvings after which a plane is still not smaller, along either side, than
/// its size on the canvas. Range: 0..15.
int mip_level(const base::Affine& canvas_from_plane);

}  // namespace layercast::compose
