#include "frame/alpha_map.h"

#include "base/check.h"

#include <algorithm>

namespace layercast::frame {
namespace {

constexpr int kCellSide = 16;

struct AlphaRange {
  uint8_t lowest = 255;
  uint8_t highest = 0;
};

uint8_t alpha_of(PremulRgba8 pixel) { return pixel.alpha; }
uint8_t alpha_of(uint8_t alpha) { return alpha; }

template <class Pixel>
AlphaRange alpha_range(ImageView<const Pixel> cell) {
  AlphaRange range;
  for (int y = 0; y < cell.height(); ++y) {
    const Pixel* row = cell.row(y);
    for (int x = 0; x < cell.width(); ++x) {
      range.lowest = std::min(range.lowest, alpha_of(row[x]));
      range.highest = std::max(range.highest, alpha_of(row[x]));
    }
  }
  return range;
}

}  // namespace

AlphaMap::AlphaMap(ImageView<const PremulRgba8> pixels) : AlphaMap(pixels.size()) { count(pixels); }

AlphaMap::AlphaMap(ImageView<const uint8_t> alphas) : AlphaMap(alphas.size()) { count(alphas); }

void AlphaMap::update(ImageView<const PremulRgba8> pixels) {
  LAYERCAST_CHECK(pixels.size() == size_);
  count(pixels);
}

void AlphaMap::update(ImageView<const uint8_t> alphas) {
  LAYERCAST_CHECK(alphas.size() == size_);
  count(alphas);
}

AlphaMap::AlphaMap(base::SizeI size)
    : size_(size),
      columns_((size.width + kCellSide - 1) / kCellSide),
      lines_((size.height + kCellSide - 1) / kCellSide),
      sums_(static_cast<size_t>(columns_ + 1) * static_cast<size_t>(lines_ + 1)) {}

template <class Pixel>
void AlphaMap::count(ImageView<const Pixel> pixels) {
  for (int line = 0; line < lines_; ++line) {
    Counts in_line;
    for (int column = 0; column < columns_; ++column) {
      const base::RectI cell{column * kCellSide, line * kCellSide,
                             std::min((column + 1) * kCellSide, size_.width),
                             std::min((line + 1) * kCellSide, size_.height)};
      const AlphaRange range = alpha_range(pixels.part(cell));
      in_line.clear += range.highest == 0 ? 1 : 0;
      in_line.opaque += range.lowest == 255 ? 1 : 0;
      const Counts& above = sum_at(column + 1, line);
      const auto at = static_cast<size_t>(line + 1) * static_cast<size_t>(columns_ + 1) +
                      static_cast<size_t>(column + 1);
      sums_[at] = {above.clear + in_line.clear, above.opaque + in_line.opaque};
    }
  }
}

base::RectI AlphaMap::cells_of(const base::RectI& area) const {
  return {area.left / kCellSide, area.top / kCellSide, (area.right + kCellSide - 1) / kCellSide,
          (area.bottom + kCellSide - 1) / kCellSide};
}

bool AlphaMap::is_clear(const base::RectI& area) const {
  const base::RectI inside = base::intersection(area, {0, 0, size_.width, size_.height});
  if (inside.empty()) return true;
  const base::RectI cells = cells_of(inside);
  const uint32_t clear = sum_at(cells.right, cells.bottom).clear -
                         sum_at(cells.left, cells.bottom).clear -
                         sum_at(cells.right, cells.top).clear + sum_at(cells.left, cells.top).clear;
  return clear == static_cast<uint32_t>(cells.width()) * static_cast<uint32_t>(cells.height());
}

bool AlphaMap::is_opaque(const base::RectI& area) const {
  if (area.empty() || area.left < 0 || area.top < 0 || area.right > size_.width ||
      area.bottom > size_.height) {
    return false;
  }
  const base::RectI cells = cells_of(area);
  const uint32_t opaque =
      sum_at(cells.right, cells.bottom).opaque - sum_at(cells.left, cells.bottom).opaque -
      sum_at(cells.right, cells.top).opaque + sum_at(cells.left, cells.top).opaque;
  return opaque == static_cast<uint32_t>(cells.width()) * static_cast<uint32_t>(cells.height());
}

}  // namespace layercast::frame
