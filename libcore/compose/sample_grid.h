#pragma once

#include "base/geometry.h"

#include <cstdint>

namespace layercast::compose {

/// Where each canvas pixel is sampled in a plane: at its centre, counted from the centre of the
/// plane's first sample, in 2^-32 samples. Fine enough that a row of the largest canvas ends where
/// it should.
/// Counted modulo 2^64: the canvas's first pixel may lie too far from a very thin picture to be
/// written so, but a pixel that the picture covers does not.
struct SampleGrid {
  uint64_t x0 = 0;  ///< of canvas pixel (0, 0); a half of a 256th is in it, to round weights
  uint64_t y0 = 0;
  uint64_t xx = 0;  ///< for one canvas pixel to the right
  uint64_t yx = 0;
  uint64_t xy = 0;  ///< for one canvas pixel down
  uint64_t yy = 0;
  bool operator==(const SampleGrid&) const = default;

  int64_t x_at(int x, int y) const {
    return static_cast<int64_t>(x0 + xx * static_cast<uint64_t>(x) + xy * static_cast<uint64_t>(y));
  }
  int64_t y_at(int x, int y) const {
    return static_cast<int64_t>(y0 + yx * static_cast<uint64_t>(x) + yy * static_cast<uint64_t>(y));
  }
};

/// Exact: each number is that of `plane_from_canvas` rounded to nearest.
SampleGrid sample_grid(const base::Affine& plane_from_canvas);

/// A place on a SampleGrid taken apart.
struct SamplePlace {
  int index;        ///< of the sample before it
  uint32_t weight;  ///< of the sample after it, of 256
};
constexpr SamplePlace sample_place(int64_t at) {
  return {static_cast<int>(at >> 32), static_cast<uint32_t>(at >> 24) & 255};
}

/// How many halvings of a plane are still not smaller, along either side, than what is drawn of it.
int mip_level(const base::Affine& canvas_from_plane);

}  // namespace layercast::compose
