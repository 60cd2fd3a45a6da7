#pragma once

#include "base/geometry.h"
#include "frame/image.h"

namespace layercast::content {

/// `part` of the plane on which `source` is scaled to fill `place`: bilinear, and where both sides
/// come to half or less, from a picture of a half, a quarter… of its size, rounded up: means of 2,
/// 4… pixels a side, sampled in between where the size is no whole part. So browsers scale
/// pictures. Pixel centres are kept in place, nothing is taken from beyond an edge, and a pixel
/// that `place` covers in part is as opaque as that. Range: nothing empty. Exact: rounded once, to
/// nearest; colours are kept at or below alpha. Same bytes on every machine.
frame::Image<frame::PremulRgba8> resampled_into(frame::ImageView<const frame::PremulRgba8> source,
                                                const base::RectF& place, const base::RectI& part);

/// The same for a place of that size at (0, 0); `part` lies inside it.
frame::Image<frame::PremulRgba8> resampled(frame::ImageView<const frame::PremulRgba8> source,
                                           base::SizeI size, const base::RectI& part);

/// `source` as small as resampled_into() makes it before it samples it for a place of that size:
/// halved, then sampled where its sides are odd.
frame::Image<frame::PremulRgba8> reduced(frame::ImageView<const frame::PremulRgba8> source,
                                         base::SizeF size);

}  // namespace layercast::content
