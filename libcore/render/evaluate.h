#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "compose/draw_list.h"
#include "content/raster.h"
#include "frame/yuv_picture.h"
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

/// What a layer shows of a video at one instant.
struct VideoShown {
  frame::YuvPicturePtr picture;
  base::SizeF display_size;  ///< stretched where its samples are not square
  scene::Fit fit = scene::Fit::kContain;
};

/// The same for a layer with a video, fitted into the layer's box as CSS object-fit does it,
/// centred and cropped to the box; in its display size where there is no box.
std::optional<compose::DrawItem> draw_item(const scene::Layer& layer, const VideoShown& video,
                                           const base::SceneTime& time, base::SizeI canvas,
                                           const base::Affine& frame_from_canvas);

/// A map that only moves, and comes so near to whole pixels that no sample would differ, lies on
/// them: a slide by whole pixels a frame misses some by the last bit. Others are left as they are.
base::Affine on_whole_pixels(base::Affine map);

/// Whether the scale of the layer is the same at every instant, and it is never turned.
bool keeps_its_scale(const scene::Layer& layer);

}  // namespace layercast::render
