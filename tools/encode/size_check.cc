#include "tools/encode/size_check.h"

#include "scene/model/limits.h"

#include <cmath>
#include <cstdlib>

namespace layercast::tools {
namespace {

using Pixels = frame::ImageView<const frame::StraightRgba8>;

// A width counts as more likely when neighbouring rows then differ by less than this part of the
// other difference: noise gives nearly equal ones.
constexpr double kClearlyLess = 0.9;

// The size with `area` pixels whose shape is that of `size`, up to a rounded pixel.
std::optional<base::SizeI> same_shape(base::SizeI size, int64_t area) {
  constexpr auto kSide = scene::limits::kCanvasSide;
  const double exact = std::sqrt(static_cast<double>(area) * size.width / size.height);
  const auto nearest = static_cast<int64_t>(std::lround(exact));
  for (const int64_t width : {nearest, nearest - 1, nearest + 1}) {
    if (width < static_cast<int64_t>(kSide.min) || area % width != 0) continue;
    const int64_t height = area / width;
    const int64_t difference = std::abs(width * size.height - height * size.width);
    const bool fits = height >= static_cast<int64_t>(kSide.min) &&
                      std::max(width, height) <= static_cast<int64_t>(kSide.max);
    if (fits && difference <= std::max(size.width, size.height)) {
      return base::SizeI{static_cast<int>(width), static_cast<int>(height)};
    }
  }
  return std::nullopt;
}

// The mean difference of the pixels that lie one above the other in rows of `width` pixels.
// Range: `width` is below the number of pixels.
double row_difference(Pixels pixels, int width) {
  const auto pixel = [&](int64_t index) -> const frame::StraightRgba8& {
    return pixels.at(static_cast<int>(index % pixels.width()),
                     static_cast<int>(index / pixels.width()));
  };
  const int64_t count = pixels.size().area() - width;
  int64_t sum = 0;
  for (int64_t i = 0; i < count; ++i) {
    const auto& upper = pixel(i);
    const auto& lower = pixel(i + width);
    sum += std::abs(upper.red - lower.red) + std::abs(upper.green - lower.green) +
           std::abs(upper.blue - lower.blue) + std::abs(upper.alpha - lower.alpha);
  }
  return static_cast<double>(sum) / static_cast<double>(count);
}

}  // namespace

std::optional<base::SizeI> likely_other_size(const SceneFrames& scene, int64_t bytes,
                                             Pixels start) {
  constexpr auto kPixelBytes = int64_t{sizeof(frame::StraightRgba8)};
  if (scene.count <= 0 || bytes % (scene.count * kPixelBytes) != 0) return std::nullopt;
  const int64_t area = bytes / (scene.count * kPixelBytes);
  if (area == scene.size.area() || area == 0) return std::nullopt;
  const auto other = same_shape(scene.size, area);
  if (!other || other->width >= start.size().area()) return std::nullopt;
  const double as_scene = row_difference(start, scene.size.width);
  const double as_other = row_difference(start, other->width);
  return as_other < kClearlyLess * as_scene ? other : std::nullopt;
}

}  // namespace layercast::tools
