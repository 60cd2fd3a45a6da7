#include "frame/yuv_picture.h"

#include <algorithm>
#include <utility>

namespace layercast::frame {
namespace {

constexpr size_t kLevelsMax = 16;  // 2^16 is above the largest picture side

// The mean of four samples always fits a byte.
uint8_t mean_of_four(int a, int b, int c, int d) {
  return static_cast<uint8_t>((a + b + c + d + 2) / 4);
}

bool is_one_sample(const YuvPicture::Plane& plane) {
  return plane.width() == 1 && plane.height() == 1;
}

Image<uint8_t> halved(const YuvPicture::Plane& source) {
  const base::SizeI size{(source.width() + 1) / 2, (source.height() + 1) / 2};
  Image<uint8_t> half(size);
  const int whole_pairs = source.width() / 2;
  for (int y = 0; y < size.height; ++y) {
    const uint8_t* upper = source.row(2 * y);
    const uint8_t* lower = source.row(std::min(2 * y + 1, source.height() - 1));
    uint8_t* out = half.view().row(y);
    for (int x = 0; x < whole_pairs; ++x) {
      out[x] = mean_of_four(upper[2 * x], upper[2 * x + 1], lower[2 * x], lower[2 * x + 1]);
    }
    if (whole_pairs < size.width) {
      const int last = source.width() - 1;
      out[whole_pairs] = mean_of_four(upper[last], upper[last], lower[last], lower[last]);
    }
  }
  return half;
}

/// The map from one axis of the luma plane to the chroma plane: scale and offset.
struct AxisMap {
  double scale;
  double offset;
};

AxisMap axis_map(int divisor, bool first_samples_share_a_centre) {
  const double scale = 1.0 / divisor;
  // Otherwise the first chroma sample covers exactly its `divisor` luma samples.
  return {scale, first_samples_share_a_centre ? 0.5 - 0.5 * scale : 0.0};
}

}  // namespace

YuvPicture::YuvPicture(const YuvLayout& layout, const std::array<Plane, 3>& planes,
                       std::shared_ptr<const void> owner)
    : layout_(layout), planes_(planes), owner_(std::move(owner)) {
  LAYERCAST_CHECK(!layout.size.empty());
  LAYERCAST_CHECK(planes[0].size() == layout.size);
  LAYERCAST_CHECK(planes[1].size() == layout.chroma_size());
  LAYERCAST_CHECK(planes[2].size() == layout.chroma_size());
}

YuvPicture::Plane YuvPicture::level(int plane, int level) const {
  const auto index = static_cast<size_t>(plane);
  if (level <= 0) return planes_[index];
  const std::lock_guard lock(mutex_);
  std::vector<Image<uint8_t>>& levels = levels_[index];
  const size_t wanted = std::min(static_cast<size_t>(level), kLevelsMax);
  Plane smallest = levels.empty() ? planes_[index] : std::as_const(levels.back()).view();
  while (levels.size() < wanted && !is_one_sample(smallest)) {
    levels.push_back(halved(smallest));
    smallest = std::as_const(levels.back()).view();
  }
  return levels.size() < wanted ? smallest : std::as_const(levels[wanted - 1]).view();
}

base::Affine chroma_from_luma(const YuvLayout& layout) {
  const AxisMap across = axis_map(layout.chroma_divisor_x, layout.siting != ChromaSiting::kCenter);
  const AxisMap down = axis_map(layout.chroma_divisor_y, layout.siting == ChromaSiting::kTopLeft);
  return {.xx = across.scale, .yy = down.scale, .x0 = across.offset, .y0 = down.offset};
}

}  // namespace layercast::frame
