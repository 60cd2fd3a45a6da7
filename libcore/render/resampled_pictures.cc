#include "render/resampled_pictures.h"

#include "content/picture/resample.h"
#include "render/evaluate.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <variant>

namespace layercast::render {
namespace {

// Rounds to 1/256 px, below which no sample differs; removes errors of the last bit.
double in_grains(double length) { return std::floor(length * 256 + 0.5) / 256; }

}  // namespace

frame::PicturePtr ResampledPictures::find(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto known = pictures_.find(key);
  if (known == pictures_.end()) return nullptr;
  known->second.used = round_;
  return known->second.picture;
}

frame::PicturePtr ResampledPictures::scaled(const Key& key) {
  if (auto known = find(key)) return known;
  const base::RectI part{0, 0, static_cast<int>(std::ceil(key.place.right)),
                         static_cast<int>(std::ceil(key.place.bottom))};
  auto made = std::make_shared<const frame::Picture>(
      content::resampled_into(key.picture->view(), key.place, part));
  const std::lock_guard lock(mutex_);
  return pictures_.try_emplace(key, Scaled{std::move(made), round_}).first->second.picture;
}

int64_t ResampledPictures::bytes() {
  const std::lock_guard lock(mutex_);
  int64_t bytes = 0;
  for (const auto& [key, scaled] : pictures_) {
    bytes += static_cast<int64_t>(scaled.picture->bytes());
  }
  return bytes;
}

void ResampledPictures::forget_unused() {
  const std::lock_guard lock(mutex_);
  std::erase_if(pictures_, [this](const auto& entry) {
    const bool is_shown = entry.second.picture.use_count() > 1;
    return !is_shown && entry.second.used < round_;
  });
  ++round_;
}

void ResampledPictures::apply(compose::DrawItem& item, bool stays) {
  base::Affine& map = item.canvas_from_picture;
  const frame::PicturePtr picture = std::get<frame::PicturePtr>(item.source);
  const base::SizeI size = picture->size();
  const base::SizeF wanted{size.width * map.xx, size.height * map.yy};
  // A moving picture does not include its phase; it is sampled at its fractional position.
  const base::PointF whole{stays ? std::floor(in_grains(map.x0)) : map.x0,
                           stays ? std::floor(in_grains(map.y0)) : map.y0};
  const base::PointF phase{in_grains(map.x0 - whole.x), in_grains(map.y0 - whole.y)};
  const base::SizeF side{std::max(1.0, in_grains(wanted.width)),
                         std::max(1.0, in_grains(wanted.height))};
  item.source = scaled({picture, {phase.x, phase.y, phase.x + side.width, phase.y + side.height}});
  map = on_whole_pixels(base::translation(whole.x, whole.y));
}

}  // namespace layercast::render
