#include "compose/mask_plane.h"

#include "base/check.h"
#include "compose/draw_list.h"
#include "compose/placed_item.h"
#include "compose/tile.h"
#include "compose/tile_grid.h"
#include "compose/tile_painter.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace layercast::compose {
namespace {

using base::RectI;
using frame::ImageView;
using frame::PremulRgba8;

void write_coverage(MaskMode mode, ImageView<const PremulRgba8> pixels, ImageView<uint8_t> target) {
  for (int y = 0; y < target.height(); ++y) {
    const PremulRgba8* from = pixels.row(y);
    uint8_t* to = target.row(y);
    for (int x = 0; x < target.width(); ++x) to[x] = coverage_of(mode, from[x]);
  }
}

void clear(ImageView<uint8_t> target) {
  for (int y = 0; y < target.height(); ++y) {
    std::memset(target.row(y), 0, static_cast<size_t>(target.width()));
  }
}

RectI joined(const RectI& a, const RectI& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return {std::min(a.left, b.left), std::min(a.top, b.top), std::max(a.right, b.right),
          std::max(a.bottom, b.bottom)};
}

}  // namespace

MaskPlane::MaskPlane(frame::Image<uint8_t> coverage, const RectI& bounds)
    : coverage_(std::move(coverage)), bounds_(bounds), map_(std::as_const(coverage_).view()) {}

MaskMaker::MaskMaker() : tile_({TileGrid::kWidth, TileGrid::kHeight}) {}
MaskMaker::~MaskMaker() = default;
MaskMaker::MaskMaker(MaskMaker&&) noexcept = default;
MaskMaker& MaskMaker::operator=(MaskMaker&&) noexcept = default;

std::shared_ptr<MaskPlane> MaskMaker::free_plane(base::SizeI size) {
  const auto free = std::ranges::find_if(planes_, [size](const auto& plane) {
    return plane.use_count() == 1 && plane->coverage_.size() == size;
  });
  if (free != planes_.end()) return *free;
  std::erase_if(planes_, [](const auto& plane) { return plane.use_count() == 1; });
  planes_.push_back(std::make_shared<MaskPlane>(frame::Image<uint8_t>(size), RectI{}));
  return planes_.back();
}

MaskPtr MaskMaker::make(const DrawList& list, MaskMode mode) {
  if (painter_ == nullptr) painter_ = std::make_unique<TilePainter>();
  const std::shared_ptr<MaskPlane> plane = free_plane(list.canvas);
  const RectI shown = shown_area(list);
  placed_.clear();
  RectI bounds;
  for (const DrawItem& item : list.items) {
    placed_.emplace_back(item, shown);
    bounds = joined(bounds, placed_.back().bounds());
  }
  const ImageView<uint8_t> coverage = plane->coverage_.view();
  const TileGrid grid(list.canvas);
  for (int tile = 0; tile < grid.count(); ++tile) {
    const RectI area = grid.area(tile);
    touching_.clear();
    for (const PlacedItem& item : placed_) {
      if (!item.is_clear(area)) touching_.push_back(&item);
    }
    if (touching_.empty()) {
      clear(coverage.part(area));
      continue;
    }
    painter_->compose(touching_, list.background, area);
    const ImageView<PremulRgba8> pixels = tile_.view().part({0, 0, area.width(), area.height()});
    painter_->copy_to(pixels);
    write_coverage(mode, pixels, coverage.part(area));
  }
  plane->bounds_ = bounds;
  plane->map_.update(std::as_const(plane->coverage_).view());
  placed_.clear();
  return plane;
}

}  // namespace layercast::compose
