#include "render/resampled_pictures.h"

#include "content/fit.h"
#include "content/resample.h"
#include "render/evaluate.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>
#include <variant>

namespace layercast::render {
namespace {

int rounded_side(double length) {
  return static_cast<int>(std::max(1.0, std::floor(length + 0.5)));
}

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
  const auto& [picture, width, height] = key;
  auto made = std::make_shared<const frame::Picture>(
      content::resampled(picture->view(), {width, height}, {0, 0, width, height}));
  const std::lock_guard lock(mutex_);
  return pictures_.try_emplace(key, Scaled{std::move(made), round_}).first->second.picture;
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
  const bool is_upright = map.xy == 0 && map.yx == 0 && map.xx > 0 && map.yy > 0;
  const auto* picture = std::get_if<frame::PicturePtr>(&item.source);
  if (picture == nullptr || !is_upright || (map.xx == 1 && map.yy == 1)) return;
  const base::SizeI size = (*picture)->size();
  const base::SizeF wanted{size.width * map.xx, size.height * map.yy};
  if (!content::check_picture_size(wanted)) return;  // only a part of it can show
  const base::SizeI final_size{rounded_side(wanted.width), rounded_side(wanted.height)};
  item.source = scaled({*picture, final_size.width, final_size.height});
  map.xx = 1;
  map.yy = 1;
  map = on_whole_pixels(map);
  if (stays) {
    map.x0 = std::floor(map.x0 + 0.5);
    map.y0 = std::floor(map.y0 + 0.5);
  }
}

}  // namespace layercast::render
