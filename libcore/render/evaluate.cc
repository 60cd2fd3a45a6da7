#include "render/evaluate.h"

#include "compose/plain_pixels.h"
#include "content/picture/fit.h"
#include "scene/eval/animated_size.h"
#include "scene/live/showing.h"
#include "scene/model/animation.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

namespace layercast::render {
namespace {

using base::Affine;

// Below this a layer is thinner than a pixel of the largest canvas, and therefore invisible.
constexpr double kDeterminantMin = 1e-12;

Affine canvas_from_box(const scene::Transform& transform, base::SizeF box,
                       const scene::LayerMotion& motion) {
  const base::PointF position = transform.position.px();
  return base::translation(position.x + motion.offset.x, position.y + motion.offset.y) *
         base::rotation_degrees(transform.rotation + motion.rotation) *
         base::scaling(transform.scale.x * motion.scale.x, transform.scale.y * motion.scale.y) *
         base::translation(-transform.anchor.x * box.width, -transform.anchor.y * box.height);
}

// The area of the part in the layer box, not rounded to pixels.
base::RectF extent_of(const content::Part& part, base::SizeF box) {
  const base::RectF whole{0, 0, box.width, box.height};
  if (part.is_cut_to_box) return whole;
  const base::SizeI size = frame::size_of(part.picture);
  return base::bounds_of(part.box_from_picture,
                         {0, 0, static_cast<double>(size.width), static_cast<double>(size.height)});
}

// The layer box and the overflow of its parts.
base::RectF extent_of(std::span<const content::Part> parts, base::SizeF box) {
  base::RectF whole{0, 0, box.width, box.height};
  for (const content::Part& part : parts) {
    const base::RectF extent = extent_of(part, box);
    whole = {std::min(whole.left, extent.left), std::min(whole.top, extent.top),
             std::max(whole.right, extent.right), std::max(whole.bottom, extent.bottom)};
  }
  return whole;
}

scene::EdgeOffsets edge_offsets(const scene::Transform& transform, base::SizeF box,
                                const base::RectF& extent, base::SizeI canvas) {
  const base::RectF place = base::bounds_of(canvas_from_box(transform, box, {}), extent);
  return {{-place.right, 0},
          {canvas.width - place.left, 0},
          {0, -place.bottom},
          {0, canvas.height - place.top}};
}

uint8_t opacity_level(double opacity) {
  return static_cast<uint8_t>(std::floor(opacity * 255 + 0.5));
}

double on_whole_pixel(double place) {
  constexpr double kHalfWeight = 1.0 / 512;
  const double whole = std::floor(place + 0.5);
  return std::abs(place - whole) < kHalfWeight ? whole : place;
}

}  // namespace

Affine on_whole_pixels(Affine map) {
  constexpr double kLastBits = 1e-12;
  const bool is_unscaled = std::abs(map.xx - 1) < kLastBits && std::abs(map.yy - 1) < kLastBits &&
                           std::abs(map.xy) < kLastBits && std::abs(map.yx) < kLastBits;
  if (!is_unscaled) return map;
  map.xy = 0;
  map.yx = 0;
  map.xx = 1;
  map.yy = 1;
  map.x0 = on_whole_pixel(map.x0);
  map.y0 = on_whole_pixel(map.y0);
  return map;
}

Affine frame_from_canvas(base::SizeI canvas, base::SizeI frame) {
  if (canvas == frame) return {};
  const double factor = std::min(static_cast<double>(frame.width) / canvas.width,
                                 static_cast<double>(frame.height) / canvas.height);
  return base::translation((frame.width - canvas.width * factor) / 2,
                           (frame.height - canvas.height * factor) / 2) *
         base::scaling(factor, factor);
}

content::Part part_of(const content::Raster& raster) {
  const auto box_from = [](const frame::Picture& picture, const Affine& pixels_from_box) {
    return base::inverse(pixels_from_box) *
           base::translation(picture.origin().x, picture.origin().y);
  };
  content::Part part{raster.picture, box_from(*raster.picture, raster.pixels_from_box), 1,
                     raster.is_cut_to_box};
  if (raster.finer != nullptr) {
    part.finer = raster.finer;
    part.box_from_finer = box_from(*raster.finer, raster.finer_from_box);
  }
  return part;
}

std::optional<PlacedLayer> placed_at(const scene::RunningLayer& layer, base::SizeF box,
                                     std::span<const content::Part> parts,
                                     const base::SceneTime& time, const Stage& stage) {
  const base::SizeF size = scene::size_at(layer, scene::box_of(layer.layer).value_or(box), time);
  if (scene::is_gone(layer, time.floor())) return std::nullopt;
  const scene::Pose pose = scene::pose_at(layer, time);
  const scene::LayerMotion motion =
      scene::is_motionless(layer)
          ? scene::LayerMotion{}
          : scene::motion_of(
                layer, time,
                edge_offsets(pose.transform, size, extent_of(parts, size), stage.canvas));
  const double opacity = pose.opacity * motion.opacity;
  const Affine map = stage.frame_from_canvas * canvas_from_box(pose.transform, size, motion);
  if (opacity_level(opacity) == 0 || std::abs(map.determinant()) < kDeterminantMin) {
    return std::nullopt;
  }
  return PlacedLayer{map, size, opacity, false};
}

std::optional<compose::DrawItem> draw_item(const scene::Layer& layer, const PlacedLayer& placed,
                                           const content::Part& part) {
  const uint8_t opacity = opacity_level(placed.opacity * part.opacity);
  if (opacity == 0) return std::nullopt;
  compose::DrawItem item{part.picture,
                         on_whole_pixels(placed.frame_from_box * part.box_from_picture), opacity,
                         layer.blend_mode, std::nullopt};
  const bool has_clip = layer.clip && !placed.is_clipped;
  if (has_clip || part.is_cut_to_box) {
    const double radius = has_clip ? layer.clip->radius : 0;
    item.clip = compose::RoundedClip{placed.frame_from_box, placed.box, radius,
                                     has_clip && part.is_cut_to_box, part.fade};
  }
  return item;
}

frame::PicturePtr clipped(const frame::PicturePtr& picture, const Affine& picture_from_box,
                          base::SizeF box, double radius, bool is_cut) {
  compose::DrawItem item{picture, {}, 255, base::BlendMode::kNormal, std::nullopt};
  item.clip = compose::RoundedClip{picture_from_box, box, radius, is_cut};
  const compose::DrawList list{picture->size(), {}, {std::move(item)}};
  frame::Image<frame::PremulRgba8> pixels(list.canvas);
  compose::compose_pixels(list, pixels.view());
  return std::make_shared<frame::Picture>(std::move(pixels), picture->origin());
}

content::Raster clipped(const content::Raster& raster, base::SizeF box, double radius) {
  const auto clip = [&](const frame::PicturePtr& picture, const Affine& pixels_from_box) {
    const base::PointF origin = picture->origin();
    return clipped(picture, base::translation(-origin.x, -origin.y) * pixels_from_box, box, radius,
                   raster.is_cut_to_box);
  };
  content::Raster result = raster;
  result.picture = clip(raster.picture, raster.pixels_from_box);
  if (raster.finer != nullptr) result.finer = clip(raster.finer, raster.finer_from_box);
  result.is_cut_to_box = false;
  return result;
}

base::Result<content::Part> flattened(std::span<const content::Part> parts, base::SizeF box) {
  const base::RectF extent = extent_of(parts, box);
  TRY_DO(content::check_picture_size(
      {extent.right - extent.left + 2, extent.bottom - extent.top + 2}));
  const double left = std::floor(extent.left);
  const double top = std::floor(extent.top);
  const Affine moved = base::translation(-left, -top);
  compose::DrawList list{{static_cast<int>(std::ceil(extent.right) - left),
                          static_cast<int>(std::ceil(extent.bottom) - top)},
                         {},
                         {}};
  for (const content::Part& part : parts) {
    compose::DrawItem item{part.picture, on_whole_pixels(moved * part.box_from_picture),
                           opacity_level(part.opacity), base::BlendMode::kNormal, std::nullopt};
    if (part.is_cut_to_box) item.clip = compose::RoundedClip{moved, box, 0, false, part.fade};
    list.items.push_back(std::move(item));
  }
  frame::Image<frame::PremulRgba8> pixels(list.canvas);
  compose::compose_pixels(list, pixels.view());
  return content::Part{std::make_shared<frame::Picture>(std::move(pixels)),
                       base::translation(left, top), 1, false};
}

}  // namespace layercast::render
