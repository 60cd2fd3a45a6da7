#pragma once

#include "base/geometry.h"
#include "frame/image.h"

namespace layercast::content {

/// `part` of the plane on which `source`, scaled, fills `place`. Bilinear. If both sides shrink to
/// half or less, the source is first reduced to a half, a quarter… of its size, rounded up, by
/// averaging 2, 4… pixels per side (sampling when the size is odd). Browsers scale pictures in the
/// same way. Pixel centres stay in place, edge pixels do not mix with the surroundings, and pixels
/// that `place` covers partly are translucent accordingly. Range: nothing empty. Exact: rounded
/// once, to nearest; colours do not exceed alpha. The same bytes on every machine.
frame::Image<frame::PremulRgba8> resampled_into(frame::ImageView<const frame::PremulRgba8> source,
                                                const base::RectF& place, const base::RectI& part);

/// The same for a place of `size` at (0, 0); `part` lies inside it.
frame::Image<frame::PremulRgba8> resampled(frame::ImageView<const frame::PremulRgba8> source,
                                           base::SizeI size, const base::RectI& part);

/// The reduced picture from which resampled_into() would sample for a place of `size`.
frame::Image<frame::PremulRgba8> reduced(frame::ImageView<const frame::PremulRgba8> source,
                                         base::SizeF size);

}  // namespace layercast::content
