#pragma once

#include "compose/draw_list.h"
#include "frame/image.h"

namespace layercast::compose {

/// Draws all of `list` into `target` with the kernels of the compositor, on the calling thread: for
/// pictures that other draw lists then show. Shape: `target` has the size of the canvas.
/// Exact: equals compose_rows(). Thread: any.
void compose_pixels(const DrawList& list, frame::ImageView<frame::PremulRgba8> target);

}  // namespace layercast::compose
