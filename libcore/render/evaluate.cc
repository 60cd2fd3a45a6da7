#include "render/evaluate.h"

#include "content/fit.h"
#include "scene/animation.h"

#include <algorithm>
#include <cmath>

namespace layercast::render {
namespace {

using base::Affine;

// Below this a layer is thinner than a pixel of the largest canvas: nothing of it would show.
constexpr double kDeterminantMin = 1e-12;

Affine canvas_from_box(const scene::Transform& transform, base::SizeF box,
                       const scene::LayerMotion& motion) {
  return base::translation(transform.position.x + motion.offset.x,
                           transform.position.y + motion.offset.y) *
         base::rotation_degrees(transform.rotation + motion.rotation) *
         base::scaling(transform.scale.x * motion.scale.x, transform.scale.y * motion.scale.y) *
         base::translation(-transform.anchor.x * box.width, -transform.anchor.y * box.height);
}

// What a layer covers: its box, and the ink that overflows it.
base::RectF extent(const content::Raster& raster, base::SizeF box) {
  const base::PointF origin = raster.picture->origin();
  const base::SizeI size = raster.picture->size();
  return {std::min(0.0, origin.x), std::min(0.0, origin.y),
          std::max(box.width, origin.x + size.width), std::max(box.height, origin.y + size.height)};
}

// The box of a layer, what overflows it included, and where it is.
struct Body {
  base::SizeF box;
  base::RectF extent;
};

scene::EdgeOffsets edge_offsets(const scene::Layer& layer, const Body& body, base::SizeI canvas) {
  const base::RectF place =
      base::bounds_of(canvas_from_box(layer.transform, body.box, {}), body.extent);
  return {{-place.right, 0},
          {canvas.width - place.left, 0},
          {0, -place.bottom},
          {0, canvas.height - place.top}};
}

// A layer at an instant.
struct Placed {
  Affine frame_from_box;
  uint8_t opacity;
};

std::optional<Placed> placed_at(const scene::Layer& layer, const Body& body,
                                const base::SceneTime& time, base::SizeI canvas,
                                const Affine& frame_from_canvas) {
  const scene::LayerMotion motion =
      layer.animations.empty()
          ? scene::LayerMotion{}
          : scene::motion_at(layer.animations, time, edge_offsets(layer, body, canvas),
                             layer.start.value_or(base::Duration{}));
  const auto opacity = static_cast<uint8_t>(std::floor(layer.opacity * motion.opacity * 255 + 0.5));
  const Affine placed = frame_from_canvas * canvas_from_box(layer.transform, body.box, motion);
  if (opacity == 0 || std::abs(placed.determinant()) < kDeterminantMin) return std::nullopt;
  return Placed{placed, opacity};
}

double on_whole_pixel(double place) {
  constexpr double kHalfWeight = 1.0 / 512;
  const double whole = std::floor(place + 0.5);
  return std::abs(place - whole) < kHalfWeight ? whole : place;
}

}  // namespace

Affine on_whole_pixels(Affine map) {
  const bool is_unscaled = map.xx == 1 && map.yy == 1 && map.xy == 0 && map.yx == 0;
  if (!is_unscaled) return map;
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

std::optional<compose::DrawItem> draw_item(const scene::Layer& layer, const content::Raster& raster,
                                           const base::SceneTime& time, base::SizeI canvas,
                                           const Affine& frame_from_canvas) {
  const base::SizeF box = layer.size.value_or(raster.box);
  const auto placed = placed_at(layer, {box, extent(raster, box)}, time, canvas, frame_from_canvas);
  if (!placed) return std::nullopt;
  const base::PointF origin = raster.picture->origin();
  const Affine map = placed->frame_from_box * base::translation(origin.x, origin.y);
  compose::DrawItem item{raster.picture, on_whole_pixels(map), placed->opacity, layer.blend_mode,
                         std::nullopt};
  if (layer.clip) {
    item.clip = compose::RoundedClip{placed->frame_from_box, box, layer.clip->radius};
  }
  return item;
}

std::optional<compose::DrawItem> draw_item(const scene::Layer& layer, const VideoShown& video,
                                           const base::SceneTime& time, base::SizeI canvas,
                                           const Affine& frame_from_canvas) {
  const base::SizeF shown = video.display_size;
  const base::SizeF box = layer.size.value_or(shown);
  const auto placed =
      placed_at(layer, {box, {0, 0, box.width, box.height}}, time, canvas, frame_from_canvas);
  if (!placed) return std::nullopt;
  const base::SizeF scale = content::fitted_scale(shown, video.fit, box);
  const base::SizeF fitted{shown.width * scale.width, shown.height * scale.height};
  const base::SizeI samples = video.picture->size();
  const Affine map =
      placed->frame_from_box *
      base::translation((box.width - fitted.width) / 2, (box.height - fitted.height) / 2) *
      base::scaling(fitted.width / samples.width, fitted.height / samples.height);
  compose::DrawItem item{video.picture, on_whole_pixels(map), placed->opacity, layer.blend_mode,
                         std::nullopt};
  const bool overflows = fitted.width > box.width || fitted.height > box.height;
  if (layer.clip || overflows) {
    const double radius = layer.clip ? layer.clip->radius : 0;
    item.clip = compose::RoundedClip{placed->frame_from_box, box, radius};
  }
  return item;
}

bool keeps_its_scale(const scene::Layer& layer) {
  const auto leaves_it = [](const scene::Animation& animation) {
    return std::holds_alternative<scene::FadeEffect>(animation.effect) ||
           std::holds_alternative<scene::SlideEffect>(animation.effect);
  };
  return layer.transform.rotation == 0 && std::ranges::all_of(layer.animations, leaves_it);
}

}  // namespace layercast::render
