#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "compose/draw_list.h"
#include "content/raster.h"
#include "scene/scene.h"

#include <optional>

namespace layercast::render {

/// Where a canvas lies in a frame of another size: scaled to fit, centred. Identity for equal
/// sizes.
base::Affine frame_from_canvas(base::SizeI canvas, base::SizeI frame);

/// One layer as it is at `time`: placed, faded and clipped; nullopt when nothing of it shows.
/// Times and effects as in scene/animation.h; geometry as in the scene file: the box is scaled,
/// then rotated, about its anchor, and the anchor lands on the position.
std::optional<compose::DrawItem> draw_item(const scene::Layer& layer, const content::Raster& raster,
                                           const base::SceneTime& time, base::SizeI canvas,
                                           const base::Affine& frame_from_canvas);

}  // namespace layercast::render
