#include "compose/reference.h"

#include "base/geometry.h"
#include "compose/blend.h"
#include "compose/placed_item.h"
#include "compose/tile.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace layercast::compose {
namespace {

using base::RectI;
using frame::ImageView;
using frame::over;
using frame::PremulRgba8;

// One component of a bilinear sample.
uint8_t mean(uint32_t upper_left, uint32_t upper_right, uint32_t lower_left, uint32_t lower_right,
             uint32_t weight_x, uint32_t weight_y) {
  const uint32_t upper = upper_left * (256 - weight_x) + upper_right * weight_x;
  const uint32_t lower = lower_left * (256 - weight_x) + lower_right * weight_x;
  return static_cast<uint8_t>((upper * (256 - weight_y) + lower * weight_y + 32768) >> 16);
}

// The four samples around a position, and their weights.
template <class Pixel>
struct Neighbours {
  Neighbours(ImageView<const Pixel> plane, const SampleGrid& grid, int x, int y) {
    const SamplePlace column = sample_place(grid.x_at(x, y));
    const SamplePlace line = sample_place(grid.y_at(x, y));
    const int left = std::clamp(column.index, 0, plane.width() - 1);
    const int right = std::clamp(column.index + 1, 0, plane.width() - 1);
    const int top = std::clamp(line.index, 0, plane.height() - 1);
    const int bottom = std::clamp(line.index + 1, 0, plane.height() - 1);
    upper_left = plane.at(left, top);
    upper_right = plane.at(right, top);
    lower_left = plane.at(left, bottom);
    lower_right = plane.at(right, bottom);
    weight_x = column.weight;
    weight_y = line.weight;
  }

  Pixel upper_left, upper_right, lower_left, lower_right;
  uint32_t weight_x, weight_y;
};

PremulRgba8 sampled(const SampledPixels& source, int x, int y) {
  const Neighbours<PremulRgba8> n(source.pixels, source.grid, x, y);
  const auto component = [&n](uint8_t PremulRgba8::*of) {
    return mean(n.upper_left.*of, n.upper_right.*of, n.lower_left.*of, n.lower_right.*of,
                n.weight_x, n.weight_y);
  };
  return {component(&PremulRgba8::red), component(&PremulRgba8::green),
          component(&PremulRgba8::blue), component(&PremulRgba8::alpha)};
}

uint8_t sampled(const SampledPlane& plane, int x, int y) {
  const Neighbours<uint8_t> n(plane.samples, plane.grid, x, y);
  return mean(n.upper_left, n.upper_right, n.lower_left, n.lower_right, n.weight_x, n.weight_y);
}

// Draws one item, one pixel at a time.
class ItemPainter {
 public:
  ItemPainter(const DrawItem& item, const RectI& shown) : item_(item), placed_(item, shown) {
    const base::SizeI size = size_of(item.source);
    const base::SizeF box{static_cast<double>(size.width), static_cast<double>(size.height)};
    edges_.emplace(item.canvas_from_picture, box, BoxEdges{});
    if (item.clip) {
      clip_.emplace(item.clip->canvas_from_box, item.clip->box, edges_of(*item.clip));
    }
  }

  void paint(int x, int y, PremulRgba8& pixel) const {
    const uint32_t coverage = coverage_at(x, y);
    if (coverage == 0) return;
    const PremulRgba8 source = faded(source_at(x, y), coverage);
    if (source.alpha == 0) return;  // every mode leaves the backdrop unchanged
    pixel = item_.blend == base::BlendMode::kNormal ? over(source, pixel)
                                                    : blended(item_.blend, source, pixel);
  }

 private:
  PremulRgba8 source_at(int x, int y) const {
    const PremulRgba8 source = sampled_at(x, y);
    return item_.recoloring ? frame::recolored(*item_.recoloring, source) : source;
  }

  PremulRgba8 sampled_at(int x, int y) const {
    if (placed_.picture() != nullptr) return sampled(placed_.pixels(), x, y);
    const auto& planes = placed_.planes();
    return frame::rgb_from_yuv(placed_.coefficients(), sampled(planes[0], x, y),
                               sampled(planes[1], x, y), sampled(planes[2], x, y));
  }

  uint32_t coverage_at(int x, int y) const {
    const base::PointF center{x + 0.5, y + 0.5};
    const uint32_t edges = frame::divided_by_255(item_.opacity * edges_->coverage(center));
    const uint32_t box = clip_ ? frame::divided_by_255(edges * clip_->coverage(center)) : edges;
    return item_.mask ? frame::divided_by_255(box * item_.mask->coverage().at(x, y)) : box;
  }

  const DrawItem& item_;
  PlacedItem placed_;
  std::optional<CoverageBox> edges_;
  std::optional<CoverageBox> clip_;
};

}  // namespace

void compose_rows(const DrawList& list, frame::RowRange rows, ImageView<PremulRgba8> target) {
  LAYERCAST_CHECK(target.size() == list.canvas);
  for (int y = rows.first; y < rows.last; ++y) {
    std::fill_n(target.row(y), target.width(), list.background);
  }
  const RectI shown = shown_area(list);
  for (const DrawItem& item : list.items) {
    const ItemPainter painter(item, shown);
    for (int y = std::max(rows.first, shown.top); y < std::min(rows.last, shown.bottom); ++y) {
      for (int x = shown.left; x < shown.right; ++x) painter.paint(x, y, target.row(y)[x]);
    }
  }
}

void compose_plainly(const DrawList& list, frame::Frame& target) {
  frame::Image<PremulRgba8> canvas(list.canvas);
  const frame::RowRange all{0, list.canvas.height};
  compose_rows(list, all, canvas.view());
  frame::convert_rows(std::as_const(canvas).view(), all, target);
  std::vector<PlacedItem> placed;
  for (const DrawItem& item : list.items) placed.emplace_back(item, shown_area(list));
  const TileGrid grid(list.canvas);
  for (int i = 0; i < 2 * grid.count(); ++i) {
    const RectI area = grid.half(i / 2, i % 2);
    if (area.empty()) continue;
    const CopiedVideo copied = copied_video(placed, area, target.format());
    if (copied.item == nullptr) continue;
    frame::copy_planes(*copied.item->yuv(), copied.item->top_left(), copied.area, target);
  }
}

}  // namespace layercast::compose
