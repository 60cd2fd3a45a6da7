#pragma once

#include "base/error.h"
#include "base/time_limit.h"
#include "content/picture/raster.h"
#include "frame/picture.h"
#include "scene/model/filter.h"

#include <span>

namespace layercast::content {

/// Applies `filters` in order to a picture with transparent surroundings. A filter that extends the
/// picture moves its origin. Returns the same picture when no filter has an effect. `scale`: pixels
/// of the picture per px of the filters' lengths.
/// Time: proportional to the pixels; nearly independent of a blur's radius. Memory: one more
/// picture.
/// Errors: kLimit for a result that would be too large, or when `limit` is over; it is checked
/// between filters, and for each row that a blur or a shadow writes. Thread: any. Exact: the same
/// bytes everywhere. Source: Filter Effects Module Level 1, in sRGB like its shorthand functions;
/// colour filters work on straight colours, blurs and shadows on premultiplied ones.
base::Result<frame::PicturePtr> filtered(frame::PicturePtr source,
                                         std::span<const scene::Filter> filters,
                                         base::SizeF scale = {1, 1},
                                         const base::TimeLimit& limit = {});

/// Filters the picture of a layer, and the finer one; the box is unchanged.
base::Result<Raster> filtered(const Raster& source, std::span<const scene::Filter> filters);

}  // namespace layercast::content
