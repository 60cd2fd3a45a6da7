#include "compose/sample_grid.h"

#include "base/int128.h"

#include <algorithm>
#include <cmath>

namespace layercast::compose {
namespace {

constexpr int kLevelsMax = 15;
constexpr double kLastBits = 1e-12;  // the rounding error of a rotated scale of one half

uint64_t fixed_point(double value) {
  return static_cast<uint64_t>(static_cast<base::Int128>(std::floor(value * 4294967296.0 + 0.5)));
}

// Half of a 256th of a sample: rounds the weights of samples to nearest.
constexpr uint64_t kHalfWeight = uint64_t{1} << 23;

}  // namespace

SampleGrid sample_grid(const base::Affine& plane_from_canvas) {
  const base::Affine& map = plane_from_canvas;
  // The centre of pixel (0, 0) is at (0.5, 0.5), on the canvas and on the plane.
  return {fixed_point(map.x0 + (map.xx + map.xy) * 0.5 - 0.5) + kHalfWeight,
          fixed_point(map.y0 + (map.yx + map.yy) * 0.5 - 0.5) + kHalfWeight,
          fixed_point(map.xx),
          fixed_point(map.yx),
          fixed_point(map.xy),
          fixed_point(map.yy)};
}

int mip_level(const base::Affine& canvas_from_plane) {
  int level = 0;
  const base::Affine& map = canvas_from_plane;
  double square = std::max(map.xx * map.xx + map.yx * map.yx, map.xy * map.xy + map.yy * map.yy);
  while (level < kLevelsMax && square * 4 <= 1 + kLastBits) {
    square *= 4;
    ++level;
  }
  return level;
}

}  // namespace layercast::compose
