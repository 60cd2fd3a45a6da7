#include "compose/tile_painter.h"

#include "base/tick_clock.h"
#include "compose/kernels.h"
#include "compose/prefetch.h"
#include "compose/sampling.h"
#include "compose/tile.h"
#include "frame/convert.h"
#include "frame/recolor.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace layercast::compose {
namespace {

using base::RectI;
using frame::ImageView;
using frame::PremulRgba8;

// The column in scratch memory of a tile's first column: aligned, with room for the one before.
constexpr int kFirstColumn = 16;
// A tile, the columns before it, and those that kernels write past a row.
constexpr base::SizeI kScratch{kFirstColumn + TileGrid::kWidth + kRowSlack, TileGrid::kHeight};

RectI relative_to(const RectI& rect, base::PointI corner) {
  return {rect.left - corner.x, rect.top - corner.y, rect.right - corner.x, rect.bottom - corner.y};
}

ImageView<uint8_t> part_of(frame::Image<uint8_t>& image, const RectI& part) {
  return image.view().part({0, 0, part.width(), part.height()});
}

// `cover`: an opacity, or a mask.
template <class Cover>
void composite(base::BlendMode blend, Pixels source, Cover cover, Target target) {
  if (blend == base::BlendMode::kNormal) {
    composite_over(source, cover, target);
  } else {
    composite_blended(blend, source, cover, target);
  }
}

void multiply(ImageView<uint8_t> mask, ImageView<const uint8_t> by) {
  for (int y = 0; y < mask.height(); ++y) {
    uint8_t* samples = mask.row(y);
    const uint8_t* factors = by.row(y);
    for (int x = 0; x < mask.width(); ++x) {
      samples[x] = static_cast<uint8_t>(frame::divided_by_255(uint32_t{samples[x]} * factors[x]));
    }
  }
}

}  // namespace

TilePainter::TilePainter() : pixels_(kScratch), sampled_(kScratch), mask_(kScratch) {
  for (auto& plane : planes_) plane = frame::Image<uint8_t>(kScratch);
  chosen_.reserve(64);
}

void TilePainter::compose(std::span<const PlacedItem* const> items, PremulRgba8 background,
                          const RectI& area) {
  area_ = area;
  composed_ = area;
  // At the left edge of a canvas, a copy of the first column replaces the one before it.
  if (area.left > 0) --composed_.left;
  choose(items);
  if (is_hidden_ && chosen_.size() == 1 && area.left > 0 && chosen_[0]->recoloring() == nullptr) {
    if (const auto pixels = chosen_[0]->at_hand(composed_)) {
      result_ = *pixels;
      return;
    }
  }
  const RectI whole = relative_to(composed_, {area.left - kFirstColumn, area.top});
  const ImageView<PremulRgba8> target = pixels_.view().part(whole);
  if (!is_hidden_) fill(background, target);
  for (size_t i = chosen_.size(); i-- > 0;) {
    paint(*chosen_[i], is_hidden_ && i + 1 == chosen_.size());
  }
  if (area.left == 0) {
    for (int y = 0; y < area.height(); ++y) {
      PremulRgba8* first = &pixels_.view().at(kFirstColumn, y);
      first[-1] = first[0];
    }
  }
  result_ = pixels_.view().part({kFirstColumn - 1, 0, kFirstColumn + area.width(), area.height()});
}

void TilePainter::convert(frame::Frame& target) const {
  frame::convert_tile(result_, area_, target);
}

void TilePainter::copy_to(ImageView<PremulRgba8> target) const {
  // Without the column before the area.
  copy(result_.part({1, 0, area_.width() + 1, area_.height()}), target);
}

// Selects the visible items, from near to far, up to the first one that hides everything below it.
void TilePainter::choose(std::span<const PlacedItem* const> items) {
  chosen_.clear();
  is_hidden_ = false;
  for (size_t i = items.size(); i-- > 0 && !is_hidden_;) {
    if (items[i]->is_clear(composed_)) continue;
    chosen_.push_back(items[i]);
    is_hidden_ = items[i]->hides(composed_);
  }
}

void TilePainter::paint(const PlacedItem& item, bool is_first) {
  if (item_ticks_.empty()) return draw(item, is_first);
  const int64_t start = base::ticks();
  draw(item, is_first);
  item_ticks_[static_cast<size_t>(&item - first_item_)] += base::ticks() - start;
}

void TilePainter::draw(const PlacedItem& item, bool is_first) {
  const RectI part = base::intersection(composed_, item.bounds());
  const ImageView<PremulRgba8> target =
      pixels_.view().part(relative_to(part, {area_.left - kFirstColumn, area_.top}));
  pixels_blended_ += int64_t{part.width()} * part.height();
  if (is_first) return paint_first(item, part, target);
  const RectI inside = item.inside(part);
  if (inside == part && item.blend() == base::BlendMode::kNormal) {
    if (const auto black = item.black_at_hand(part)) {
      return composite_black_over(*black, item.opacity(), target);
    }
  }
  const auto source = source_of(item, part);
  const auto in_part = [&part](const RectI& rect) {
    return relative_to(rect, {part.left, part.top});
  };
  if (!inside.empty()) {
    composite(item.blend(), source.part(in_part(inside)), item.opacity(),
              target.part(in_part(inside)));
  }
  for (const RectI& edge : base::around(part, inside)) {
    if (edge.empty()) continue;
    composite(item.blend(), source.part(in_part(edge)), mask_of(item, edge),
              target.part(in_part(edge)));
  }
}

// Draws an item that hides everything below it in the whole area.
void TilePainter::paint_first(const PlacedItem& item, const RectI& part,
                              ImageView<PremulRgba8> target) {
  const frame::Recoloring* recoloring = item.recoloring();
  if (const auto pixels = item.at_hand(part)) {
    recoloring == nullptr ? copy(*pixels, target) : frame::recolor(*recoloring, *pixels, target);
    return;
  }
  if (item.picture() != nullptr) {
    sample(item.pixels(), {part.left, part.top}, target);
  } else {
    sample_yuv(item, part, target);
  }
  if (recoloring != nullptr) frame::recolor(*recoloring, target, target);
}

ImageView<const PremulRgba8> TilePainter::source_of(const PlacedItem& item, const RectI& part) {
  const frame::Recoloring* recoloring = item.recoloring();
  const ImageView<PremulRgba8> out = sampled_.view().part({0, 0, part.width(), part.height()});
  if (const auto pixels = item.at_hand(part)) {
    if (recoloring == nullptr) return *pixels;
    frame::recolor(*recoloring, *pixels, out);
    return out;
  }
  if (item.picture() == nullptr) {
    sample_yuv(item, part, out);
  } else if (item.is_upright()) {
    sample(item.pixels(), {part.left, part.top}, out);
  } else {
    sample_rows(item, part, out);
  }
  if (recoloring != nullptr) frame::recolor(*recoloring, out, out);
  return out;
}

// Samples only the pixels that a rotated item covers: the mask hides the others.
void TilePainter::sample_rows(const PlacedItem& item, const RectI& part,
                              ImageView<PremulRgba8> out) {
  const ImageView<const PremulRgba8>& pixels = item.pixels().pixels;
  if (pixels.size() == item.picture()->size()) prefetch(pixels.part(item.sampled(part)));
  for (int y = part.top; y < part.bottom; ++y) {
    const auto span = item.edges()->touched(y, {part.left, part.right});
    if (span.first >= span.last) continue;
    const RectI in_out{span.first - part.left, y - part.top, span.last - part.left,
                       y - part.top + 1};
    sample(item.pixels(), {span.first, y}, out.part(in_out));
  }
}

void TilePainter::sample_yuv(const PlacedItem& item, const RectI& part,
                             ImageView<PremulRgba8> out) {
  if (is_sampled_at_once(item.planes(), {part.left, part.top}, part.width())) {
    sample(item.coefficients(), item.planes(), {part.left, part.top}, out);
    return;
  }
  std::array<ImageView<const uint8_t>, 3> samples;
  for (size_t i = 0; i < 3; ++i) {
    const ImageView<const uint8_t>& plane = item.planes()[i].samples;
    const RectI in_plane = relative_to(part, item.top_left());
    // Uses the plane itself if it needs no sampling and a vector may read past the end of the row.
    const bool is_at_hand = item.is_aligned() && plane.size() == item.yuv()->size() &&
                            in_plane.right + kRowSlack <= plane.width();
    if (is_at_hand) {
      samples[i] = plane.part(in_plane);
      continue;
    }
    // Begins on a column on which chroma is sited, where the kernels have less work.
    const bool is_between = item.is_aligned() && in_plane.left % 2 != 0;
    const RectI wide{part.left - (is_between ? 1 : 0), part.top, part.right, part.bottom};
    const ImageView<uint8_t> sampled = part_of(planes_[i], wide);
    sample(item.planes()[i], {wide.left, wide.top}, sampled);
    samples[i] = sampled.part({part.left - wide.left, 0, sampled.width(), sampled.height()});
  }
  rgb_from_yuv(item.coefficients(), {samples[0], samples[1], samples[2]}, out);
}

Mask TilePainter::mask_of(const PlacedItem& item, const RectI& part) {
  const ImageView<uint8_t> mask = part_of(mask_, part);
  for (int y = 0; y < mask.height(); ++y) {
    std::memset(mask.row(y), item.opacity(), static_cast<size_t>(mask.width()));
  }
  if (item.edges()) item.edges()->multiply(part, mask);
  if (item.clip()) item.clip()->multiply(part, mask);
  if (item.mask() != nullptr) multiply(mask, item.mask()->coverage().part(part));
  return mask;
}

}  // namespace layercast::compose
