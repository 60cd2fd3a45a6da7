#pragma once

#include "compose/draw_list.h"
#include "frame/image.h"

namespace layercast::compose {

/// Draws all of `list` into `target`, with the kernels of the compositor but on one thread: for
/// what is to be drawn with again. Shape: `target` has the size of the canvas.
/// Exact: what compose_rows() gives. Thread: any.
void compose_pixels(const DrawList& list, frame::ImageView<frame::PremulRgba8> target);

}  // namespace layercast::compose
