#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "compose/draw_list.h"
#include "content/picture/moving.h"
#include "content/picture/raster.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace layercast::render {

/// The placement of a canvas in a frame of another size: scaled to fit, centred. Identity for equal
/// sizes.
base::Affine frame_from_canvas(base::SizeI canvas, base::SizeI frame);

/// A rasterised content as a part of its layer.
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
  double opacity = 1;       ///< 0..1
  bool is_clipped = false;  ///< whether its pictures are clipped already
};

/// Places the layer at `time`; nullopt if it is not visible. `box`: the size of its content. Range:
/// the layer's lengths are in px (scene/eval/resolved.h). Times
/// and effects as in scene/model/animation.h and scene/live/showing.h; geometry as in the scene
/// file: the box is scaled, then rotated, about its anchor, and the anchor lands on the position.
std::optional<PlacedLayer> placed_at(const scene::RunningLayer& layer, base::SizeF box,
                                     std::span<const content::Part> parts,
                                     const base::SceneTime& time, const Stage& stage);

/// The draw item of one part of the layer with the part's own picture; nullopt if it is not
/// visible. sampled_item() of render/sampling_plan.h chooses how the picture is sampled.
std::optional<compose::DrawItem> draw_item(const scene::Layer& layer, const PlacedLayer& placed,
                                           const content::Part& part);

/// Rounds a pure translation to a pixel boundary if it is so close that no sample would differ: a
/// slide by whole pixels per frame misses some by the last bit. Other maps are returned unchanged.
base::Affine on_whole_pixels(base::Affine map);

/// The picture clipped to `box`. Its corners are round; `picture_from_box` maps the box to its
/// pixels. `is_cut`: whether the picture ends at the edges of the box.
frame::PicturePtr clipped(const frame::PicturePtr& picture, const base::Affine& picture_from_box,
                          base::SizeF box, double radius, bool is_cut);
/// The picture of a layer, and the finer one, clipped to `box`.
content::Raster clipped(const content::Raster& raster, base::SizeF box, double radius);

/// Composites the parts into one picture of the layer box and its overflow, to which effects on the
/// whole layer apply.
/// Shape: at least one part.
/// Errors: kLimit if the picture would be too large.
base::Result<content::Part> flattened(std::span<const content::Part> parts, base::SizeF box);

}  // namespace layercast::render
