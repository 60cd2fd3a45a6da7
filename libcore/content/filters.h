#pragma once

#include "base/error.h"
#include "content/raster.h"
#include "frame/picture.h"
#include "scene/filter.h"

#include <span>

namespace layercast::content {

/// What `filters` make of a picture that is transparent around itself, one after the other. Its
/// origin moves with what grows out over the picture's edges; the same picture where nothing is to
/// be done. `scale`: pixels of the picture for a px that the filters' lengths are in.
/// Time: in proportion to the pixels; a blur's grows far less than its radius. Memory: as much as
/// the picture has, while it is made.
/// Errors: kLimit for one that would be too large. Thread: any. Exact: the same bytes everywhere.
/// Source: Filter Effects Module Level 1, in sRGB as its shorthand functions are; colours are
/// filtered as they were before they were premultiplied, blurs and shadows premultiplied.
base::Result<frame::PicturePtr> filtered(frame::PicturePtr source,
                                         std::span<const scene::Filter> filters,
                                         base::SizeF scale = {1, 1});

/// The same of what a layer shows; its box stays.
base::Result<Raster> filtered(const Raster& source, std::span<const scene::Filter> filters);

}  // namespace layercast::content
