#pragma once

#include "base/geometry.h"
#include "frame/image.h"

namespace layercast::content {

/// `part` of the picture that `source` becomes when it is scaled to `size`: Lanczos with three
/// lobes, stretched when shrinking, pixel centres kept in place, nothing taken from beyond an edge.
/// Range: nothing empty, `part` inside `size`.
/// Exact: rounded once, to nearest; colours are kept at or below alpha. Same bytes on every
/// machine.
frame::Image<frame::PremulRgba8> resampled(frame::ImageView<const frame::PremulRgba8> source,
                                           base::SizeI size, const base::RectI& part);

}  // namespace layercast::content
