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

void ResampledPictures::apply(compose::DrawItem& item, bool stays) {
  base::Affine& map = item.canvas_from_picture;
  const bool is_upright = map.xy == 0 && map.yx == 0 && map.xx > 0 && map.yy > 0;
  const auto* picture = std::get_if<frame::PicturePtr>(&item.source);
  if (picture == nullptr || !is_upright || (map.xx == 1 && map.yy == 1)) return;
  const base::SizeI size = (*picture)->size();
  const base::SizeF wanted{size.width * map.xx, size.height * map.yy};
  if (!content::check_picture_size(wanted)) return;  // only a part of it can show
  const base::SizeI scaled{rounded_side(wanted.width), rounded_side(wanted.height)};
  frame::PicturePtr& known = pictures_[{*picture, scaled.width, scaled.height}];
  if (known == nullptr) {
    known = std::make_shared<const frame::Picture>(
        content::resampled((*picture)->view(), scaled, {0, 0, scaled.width, scaled.height}));
  }
  item.source = known;
  map.xx = 1;
  map.yy = 1;
  map = on_whole_pixels(map);
  if (stays) {
    map.x0 = std::floor(map.x0 + 0.5);
    map.y0 = std::floor(map.y0 + 0.5);
  }
}

}  // namespace layercast::render
