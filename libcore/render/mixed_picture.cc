#include "render/mixed_picture.h"

#include "compose/plain_pixels.h"
#include "content/picture/fit.h"
#include "frame/any_picture.h"
#include "frame/image.h"
#include "render/evaluate.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

namespace layercast::render {
namespace {

using Pixels = frame::Image<frame::PremulRgba8>;
using Row = std::vector<frame::PremulRgba8>;

// A picture, and where its first pixel lies in a box.
struct PlacedPixels {
  frame::ImageView<const frame::PremulRgba8> pixels;
  base::PointI corner;

  base::RectI place() const {
    return {corner.x, corner.y, corner.x + pixels.width(), corner.y + pixels.height()};
  }
};

// `from`: the corner of the raster's box. The origin of its picture is a whole pixel.
PlacedPixels placed(const content::Raster& raster, base::PointI from = {}) {
  const base::PointF origin = raster.picture->origin();
  return {raster.picture->view(),
          {from.x + static_cast<int>(origin.x), from.y + static_cast<int>(origin.y)}};
}

// Whether the part already lies on a pixel boundary.
bool is_plain(const content::Part& part) {
  const base::Affine& map = part.box_from_picture;
  return std::holds_alternative<frame::PicturePtr>(part.picture) && part.opacity == 1 &&
         !part.is_cut_to_box && map.xx == 1 && map.yy == 1 && map.xy == 0 && map.yx == 0 &&
         map.x0 == std::floor(map.x0) && map.y0 == std::floor(map.y0);
}

// Reads row `y` of the box from `left` on; transparent outside the picture.
void read_row(const PlacedPixels& picture, int y, int left, Row& row) {
  std::ranges::fill(row, frame::PremulRgba8{});
  const base::RectI place = picture.place();
  if (y < place.top || y >= place.bottom) return;
  std::copy_n(picture.pixels.row(y - place.top), place.width(), row.begin() + (place.left - left));
}

// The parts as one picture on whole pixels of a box of this size; one clear pixel without parts.
base::Result<content::Raster> drawn(const BoxedParts& content) {
  const auto& [parts, box] = content;
  if (parts.empty()) {
    Pixels clear({1, 1});
    return content::Raster{std::make_shared<const frame::Picture>(std::move(clear)), box};
  }
  if (parts.size() == 1) return render::drawn(parts.front(), box);
  TRY(const content::Part whole, flattened(parts, box));
  return render::drawn(whole, box);
}

uint8_t weighted(uint32_t from, uint32_t to, uint32_t weight) {
  return static_cast<uint8_t>(frame::divided_by_255(from * (255U - weight) + to * weight));
}

}  // namespace

base::Result<content::Raster> drawn(const content::Part& part, base::SizeF box) {
  const auto* picture = std::get_if<frame::PicturePtr>(&part.picture);
  const base::PointF corner{part.box_from_picture.x0, part.box_from_picture.y0};
  if (is_plain(part) && (*picture)->origin() == corner) return content::Raster{*picture, box};
  const base::SizeI size = frame::size_of(part.picture);
  base::RectF extent =
      base::bounds_of(part.box_from_picture,
                      {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)});
  if (part.is_cut_to_box) {
    extent = {std::max(extent.left, 0.0), std::max(extent.top, 0.0),
              std::min(extent.right, box.width), std::min(extent.bottom, box.height)};
  }
  const double left = std::floor(extent.left);
  const double top = std::floor(extent.top);
  const base::SizeF real{std::max(1.0, std::ceil(extent.right) - left),
                         std::max(1.0, std::ceil(extent.bottom) - top)};
  TRY_DO(content::check_picture_size(real));
  const base::Affine moved = base::translation(-left, -top);
  compose::DrawItem item{part.picture, on_whole_pixels(moved * part.box_from_picture),
                         static_cast<uint8_t>(std::floor(part.opacity * 255 + 0.5)),
                         base::BlendMode::kNormal, std::nullopt};
  if (part.is_cut_to_box) item.clip = compose::RoundedClip{moved, box, 0, false, part.fade};
  const compose::DrawList list{
      {static_cast<int>(real.width), static_cast<int>(real.height)}, {}, {std::move(item)}};
  Pixels pixels(list.canvas);
  compose::compose_pixels(list, pixels.view());
  return content::Raster{
      std::make_shared<const frame::Picture>(std::move(pixels), base::PointF{left, top}), box};
}

namespace {

frame::PicturePtr mixed(const PlacedPixels& from, const PlacedPixels& to, uint8_t weight) {
  const base::RectI a = from.place();
  const base::RectI b = to.place();
  const base::RectI whole{std::min(a.left, b.left), std::min(a.top, b.top),
                          std::max(a.right, b.right), std::max(a.bottom, b.bottom)};
  Pixels pixels({whole.width(), whole.height()});
  Row row_from(static_cast<size_t>(whole.width()));
  Row row_to(row_from.size());
  for (int y = 0; y < whole.height(); ++y) {
    read_row(from, whole.top + y, whole.left, row_from);
    read_row(to, whole.top + y, whole.left, row_to);
    frame::PremulRgba8* out = pixels.view().row(y);
    for (size_t x = 0; x < row_from.size(); ++x) {
      const frame::PremulRgba8 p = row_from[x];
      const frame::PremulRgba8 q = row_to[x];
      out[x] = {weighted(p.red, q.red, weight), weighted(p.green, q.green, weight),
                weighted(p.blue, q.blue, weight), weighted(p.alpha, q.alpha, weight)};
    }
  }
  const base::PointF corner{static_cast<double>(whole.left), static_cast<double>(whole.top)};
  return std::make_shared<const frame::Picture>(std::move(pixels), corner);
}

}  // namespace

content::Raster mixed(const content::Raster& from, const content::Raster& to, uint8_t weight) {
  return {mixed(placed(from), placed(to), weight), to.box};
}

namespace {

// The area of the parts of one content in its box.
base::RectF extent_of(const BoxedParts& content) {
  const content::Part& part = content.parts.front();
  if (part.is_cut_to_box) return {0, 0, content.box.width, content.box.height};
  const base::SizeI size = frame::size_of(part.picture);
  return base::bounds_of(part.box_from_picture,
                         {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)});
}

bool is_opaque(const content::Part& part) {
  if (part.opacity != 1 || part.fade != base::SizeF{}) return false;
  const auto* picture = std::get_if<frame::PicturePtr>(&part.picture);
  if (picture == nullptr) return true;  // a video in YUV
  const base::SizeI size = (*picture)->size();
  return (*picture)->alpha_map().is_opaque({0, 0, size.width, size.height});
}

// Whether the content is one opaque picture that covers `other`, which lies at `corner` of its box.
// A picture that its own box cuts stays in that box.
bool covers(const BoxedParts& content, const BoxedParts& other, base::PointF corner) {
  if (content.parts.size() != 1 || other.parts.size() != 1) return false;
  if (!is_opaque(content.parts.front())) return false;
  if (corner != base::PointF{} && other.parts.front().is_cut_to_box) return false;
  if (corner != base::PointF{} && content.parts.front().is_cut_to_box) return false;
  const base::RectF outer = extent_of(content);
  const base::RectF inner = extent_of(other);
  return outer.left <= inner.left + corner.x && outer.top <= inner.top + corner.y &&
         outer.right >= inner.right + corner.x && outer.bottom >= inner.bottom + corner.y;
}

content::Part moved(content::Part part, base::PointF by) {
  const base::Affine shift = base::translation(by.x, by.y);
  part.box_from_picture = shift * part.box_from_picture;
  part.box_from_finer = shift * part.box_from_finer;
  return part;
}

}  // namespace

base::Result<std::vector<content::Part>> cross_faded(const BoxedParts& from, const BoxedParts& to,
                                                     base::PointF anchor, uint8_t weight) {
  const base::PointF corner{std::floor(anchor.x * (to.box.width - from.box.width) + 0.5),
                            std::floor(anchor.y * (to.box.height - from.box.height) + 0.5)};
  if (covers(to, from, corner)) {
    std::vector<content::Part> parts = {moved(from.parts.front(), corner), to.parts.front()};
    parts.back().opacity = weight / 255.0;
    return parts;
  }
  if (covers(from, to, {-corner.x, -corner.y})) {
    std::vector<content::Part> parts = {to.parts.front(), moved(from.parts.front(), corner)};
    parts.back().opacity = (255 - weight) / 255.0;
    return parts;
  }
  TRY(const content::Raster before, drawn(from));
  TRY(const content::Raster after, drawn(to));
  const base::PointI whole{static_cast<int>(corner.x), static_cast<int>(corner.y)};
  content::Part part = part_of({mixed(placed(before, whole), placed(after), weight), to.box});
  return std::vector<content::Part>{std::move(part)};
}

}  // namespace layercast::render
