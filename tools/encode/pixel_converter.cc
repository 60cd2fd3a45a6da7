#include "tools/encode/pixel_converter.h"

#include "base/check.h"
#include "frame/convert.h"

#include <algorithm>

namespace layercast::tools {
namespace {

// The first column of a tile: aligned, with space for the column before it.
constexpr int kFirstColumn = 16;
constexpr base::SizeI kScratch{kFirstColumn + compose::TileGrid::kWidth,
                               compose::TileGrid::kHeight};

}  // namespace

PixelConverter::PixelConverter(base::SizeI size, frame::PixelFormat format, int threads)
    : raw_(frame::PixelFormat::kRgba, size), grid_(size), pool_(format, size), workers_(threads) {
  for (int i = 0; i < threads; ++i) scratch_.emplace_back(kScratch);
}

// `fetch` writes the pixels of an area into a scratch image.
template <class Fetch>
frame::FramePtr PixelConverter::convert_tiles(const Fetch& fetch) {
  auto target = pool_.take();
  workers_.run(grid_.count(), [&](int tile, int thread) {
    const base::RectI area = grid_.area(tile);
    const Pixels scratch = scratch_[static_cast<size_t>(thread)].view();
    base::RectI read = area;
    if (read.left > 0) --read.left;
    const int first = kFirstColumn - (area.left - read.left);
    fetch(read, scratch.part({first, 0, first + read.width(), read.height()}));
    if (area.left == 0) {
      for (int y = 0; y < area.height(); ++y) {
        scratch.at(kFirstColumn - 1, y) = scratch.at(kFirstColumn, y);
      }
    }
    frame::convert_tile(
        scratch.part({kFirstColumn - 1, 0, kFirstColumn + area.width(), area.height()}), area,
        *target);
  });
  return target;
}

frame::FramePtr PixelConverter::convert_raw() {
  return convert_tiles([this](const base::RectI& area, const Pixels& scratch) {
    frame::premultiply(raw_.rgba().part(area), scratch);
  });
}

frame::FramePtr PixelConverter::convert(frame::ImageView<const frame::PremulRgba8> pixels) {
  LAYERCAST_CHECK(pixels.size() == raw_.size());
  return convert_tiles([pixels](const base::RectI& area, const Pixels& scratch) {
    const auto part = pixels.part(area);
    for (int y = 0; y < part.height(); ++y) {
      std::copy_n(part.row(y), part.width(), scratch.row(y));
    }
  });
}

}  // namespace layercast::tools
