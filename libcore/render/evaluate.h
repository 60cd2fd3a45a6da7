#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "compose/draw_list.h"
#include "content/moving.h"
#include "content/raster.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace layercast::render {

/// Where a canvas lies in a frame of another size: scaled to fit, centred. Identity for equal
/// sizes.
base::Affine frame_from_canvas(base::SizeI canvas, base::SizeI frame);

/// What a rasterised content shows, as a part of its layer.
content::Part part_of(const content::Raster& raster);

/// The canvas that layers are placed on.
struct Stage {
  base::SizeI canvas;
  base::Affine frame_from_canvas;
};

/// A layer at an instant.
struct PlacedLayer {
  base::Affine frame_from_box;
  base::SizeF box;
  double opacity = 1;  ///< 0..1
};

/// The layer as it is at `time`; nullopt when nothing of it shows. `box`: its content's own size.
/// Times and effects as in scene/animation.h and scene/showing.h; geometry as in the scene file:
/// the box is scaled, then rotated, about its anchor, and the anchor lands on the position.
std::optional<PlacedLayer> placed_at(const scene::RunningLayer& layer, base::SizeF box,
                                     std::span<const content::Part> parts,
                                     const base::SceneTime& time, const Stage& stage);

/// One part of the layer; nullopt when nothing of it shows.
std::optional<compose::DrawItem> draw_item(const scene::Layer& layer, const PlacedLayer& placed,
                                           const content::Part& part);

/// A map that only moves, and comes so near to whole pixels that no sample would differ, lies on
/// them: a slide by whole pixels a frame misses some by the last bit. Others are left as they are.
base::Affine on_whole_pixels(base::Affine map);

/// Moves an item that is neither scaled nor turned to the nearest whole pixels, and its clip along.
void move_to_nearest_pixels(compose::DrawItem& item);

/// Whether the layer keeps the scale that it has at `time`, and is not turned: while it enters,
/// exits or plays its transition, throughout that; its animations never change it.
bool keeps_its_scale(const scene::RunningLayer& layer, const base::SceneTime& time);

/// The parts as one picture of the layer box and what overflows it, as if the layer stood alone:
/// what is done to a layer as a whole is done to this. Shape: at least one part.
/// Errors: kLimit for one that would be too large.
base::Result<content::Part> flattened(std::span<const content::Part> parts, base::SizeF box);

}  // namespace layercast::render
