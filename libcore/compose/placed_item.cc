#include "compose/placed_item.h"

#include "compose/sampling.h"

#include <algorithm>
#include <cmath>

namespace layercast::compose {
namespace {

using base::Affine;
using base::RectI;

bool is_whole(double value) { return value == std::floor(value); }

// Clamps before the conversion: a position far outside the canvas does not fit an int.
int to_int(double value) { return static_cast<int>(std::clamp(value, -1e9, 1e9)); }

base::SizeF size_f(base::SizeI size) {
  return {static_cast<double>(size.width), static_cast<double>(size.height)};
}

// The canvas pixels that a box and its ramps may touch. The ramp is 0 from half a pixel outside an
// edge on, and coverage depends on the centres of pixels, so an upright box touches only the pixels
// that it overlaps.
RectI touched(const Affine& canvas_from_box, base::SizeF size) {
  const base::RectF place = base::bounds_of(canvas_from_box, {0, 0, size.width, size.height});
  const bool is_upright = canvas_from_box.xy == 0 && canvas_from_box.yx == 0;
  const double reach = is_upright ? 0 : 0.5;
  return {to_int(std::floor(place.left - reach)), to_int(std::floor(place.top - reach)),
          to_int(std::ceil(place.right + reach)), to_int(std::ceil(place.bottom + reach))};
}

RectI moved(const RectI& rect, base::PointI by) {
  return {rect.left + by.x, rect.top + by.y, rect.right + by.x, rect.bottom + by.y};
}

bool contains(const RectI& outer, const RectI& inner) {
  return inner.left >= outer.left && inner.top >= outer.top && inner.right <= outer.right &&
         inner.bottom <= outer.bottom;
}

}  // namespace

bool is_whole_translation(const Affine& map) {
  return map.xx == 1 && map.yy == 1 && map.xy == 0 && map.yx == 0 && is_whole(map.x0) &&
         is_whole(map.y0);
}

PlacedItem::PlacedItem(const DrawItem& item, const RectI& shown)
    : recoloring_(item.recoloring.get()),
      mask_(item.mask.get()),
      size_(size_of(item.source)),
      picture_from_canvas_(base::inverse(item.canvas_from_picture)),
      opacity_(item.opacity),
      blend_(item.blend),
      aligned_(is_whole_translation(item.canvas_from_picture)) {
  if (const auto* picture = std::get_if<frame::PicturePtr>(&item.source)) {
    picture_ = picture->get();
  } else {
    yuv_ = std::get<frame::YuvPicturePtr>(item.source).get();
  }
  const Affine& map = item.canvas_from_picture;
  if (aligned_) {
    top_left_ = {to_int(map.x0), to_int(map.y0)};
    bounds_ = moved({0, 0, size_.width, size_.height}, top_left_);
  } else {
    edges_.emplace(map, size_f(size_), BoxEdges{});
    bounds_ = touched(map, size_f(size_));
  }
  bounds_ = base::intersection(bounds_, shown);
  if (mask_ != nullptr) bounds_ = base::intersection(bounds_, mask_->bounds());
  if (item.clip) {
    clip_.emplace(item.clip->canvas_from_box, item.clip->box, edges_of(*item.clip));
    bounds_ = base::intersection(bounds_, touched(item.clip->canvas_from_box, item.clip->box));
    if (clip_->covers(bounds_)) clip_.reset();
  }
  sample_planes(map);
}

void PlacedItem::sample_planes(const Affine& canvas_from_picture) {
  const int level = mip_level(canvas_from_picture);
  reach_ = 2.0 * (1 << level);
  const auto mapped = [this](const Affine& plane_from_picture, int halvings) {
    const double factor = 1.0 / (1 << halvings);
    return sample_grid(base::scaling(factor, factor) * plane_from_picture * picture_from_canvas_);
  };
  if (picture_ != nullptr) {
    pixels_ = {picture_->level(level), mapped({}, level)};
    return;
  }
  coefficients_ = frame::yuv_coefficients(yuv_->layout().matrix, yuv_->layout().range);
  planes_[0] = {yuv_->level(0, level), mapped({}, level)};
  const Affine from_luma = frame::chroma_from_luma(yuv_->layout());
  const int chroma_level = mip_level(canvas_from_picture * base::inverse(from_luma));
  for (const int plane : {1, 2}) {
    planes_[static_cast<size_t>(plane)] = {yuv_->level(plane, chroma_level),
                                           mapped(from_luma, chroma_level)};
  }
}

std::optional<frame::ImageView<const frame::PremulRgba8>> PlacedItem::at_hand(
    const RectI& part) const {
  if (picture_ == nullptr) return std::nullopt;
  if (aligned_) return picture_->view().part(moved(part, {-top_left_.x, -top_left_.y}));
  if (resampled_ == nullptr) return std::nullopt;
  return resampled_->view().part(moved(part, {-bounds_.left, -bounds_.top}));
}

RectI PlacedItem::inside(const RectI& part) const {
  if (mask_ != nullptr && !mask_->is_full(part)) return {};
  const RectI in_edges = edges_ ? edges_->inside(part) : part;
  return clip_ && !in_edges.empty() ? clip_->inside(in_edges) : in_edges;
}

std::optional<frame::ImageView<const uint8_t>> PlacedItem::black_at_hand(const RectI& part) const {
  const bool is_black = aligned_ && picture_ != nullptr && picture_->black() != nullptr;
  if (!is_black || recoloring_ != nullptr) return std::nullopt;
  return picture_->black()->view().part(moved(part, {-top_left_.x, -top_left_.y}));
}

size_t PlacedItem::resampled_bytes() const {
  if (picture_ == nullptr || aligned_ || bounds_.empty()) return 0;
  return sizeof(frame::PremulRgba8) * static_cast<size_t>(bounds_.width() + kRowSlack) *
         static_cast<size_t>(bounds_.height());
}

void PlacedItem::resample() {
  const auto pixels = std::make_shared<frame::Image<frame::PremulRgba8>>(
      base::SizeI{bounds_.width() + kRowSlack, bounds_.height()});
  sample(pixels_, {bounds_.left, bounds_.top},
         pixels->view().part({0, 0, bounds_.width(), bounds_.height()}));
  resampled_ = pixels;
}

RectI PlacedItem::sampled(const RectI& area) const {
  if (aligned_) return moved(area, {-top_left_.x, -top_left_.y});
  const base::RectF place = base::bounds_of(
      picture_from_canvas_, {static_cast<double>(area.left), static_cast<double>(area.top),
                             static_cast<double>(area.right), static_cast<double>(area.bottom)});
  // Edges repeat: samples outside the picture come from the nearest pixels inside.
  return {std::clamp(to_int(std::floor(place.left - reach_)), 0, size_.width - 1),
          std::clamp(to_int(std::floor(place.top - reach_)), 0, size_.height - 1),
          std::clamp(to_int(std::ceil(place.right + reach_)), 1, size_.width),
          std::clamp(to_int(std::ceil(place.bottom + reach_)), 1, size_.height)};
}

bool PlacedItem::is_clear(const RectI& area) const {
  const RectI part = base::intersection(area, bounds_);
  if (part.empty()) return true;
  if (edges_ && edges_->misses(part)) return true;
  if (mask_ != nullptr && mask_->is_clear(part)) return true;
  return picture_ != nullptr && picture_->alpha_map().is_clear(sampled(part));
}

bool PlacedItem::hides(const RectI& area) const {
  if (opacity_ != 255 || blend_ != base::BlendMode::kNormal || !contains(bounds_, area)) {
    return false;
  }
  if (recoloring_ != nullptr && recoloring_->opacity < 1) return false;
  if (edges_ && !edges_->covers(area)) return false;
  if (clip_ && !clip_->covers(area)) return false;
  if (mask_ != nullptr && !mask_->is_full(area)) return false;
  return picture_ == nullptr || picture_->alpha_map().is_opaque(sampled(area));
}

}  // namespace layercast::compose
