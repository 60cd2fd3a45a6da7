#include "render/evaluate.h"

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

scene::EdgeOffsets edge_offsets(const scene::Layer& layer, const content::Raster& raster,
                                base::SizeF box, base::SizeI canvas) {
  const base::RectF place =
      base::bounds_of(canvas_from_box(layer.transform, box, {}), extent(raster, box));
  return {{-place.right, 0},
          {canvas.width - place.left, 0},
          {0, -place.bottom},
          {0, canvas.height - place.top}};
}

}  // namespace

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
  const scene::LayerMotion motion =
      layer.animations.empty()
          ? scene::LayerMotion{}
          : scene::motion_at(layer.animations, time, edge_offsets(layer, raster, box, canvas));
  const auto opacity = static_cast<uint8_t>(std::floor(layer.opacity * motion.opacity * 255 + 0.5));
  const Affine placed = frame_from_canvas * canvas_from_box(layer.transform, box, motion);
  if (opacity == 0 || std::abs(placed.determinant()) < kDeterminantMin) return std::nullopt;
  const base::PointF origin = raster.picture->origin();
  compose::DrawItem item{raster.picture, placed * base::translation(origin.x, origin.y), opacity,
                         layer.blend_mode, std::nullopt};
  if (layer.clip) item.clip = compose::RoundedClip{placed, box, layer.clip->radius};
  return item;
}

}  // namespace layercast::render
