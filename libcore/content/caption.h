#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/fonts.h"
#include "content/raster.h"

#include <string>
#include <utility>
#include <vector>

namespace layercast::content {

/// The caption of a visual feed: a dark translucent bar along the bottom of `box`, the first value
/// bold, the others under it in one line with " · " between them; each is cut with an ellipsis at
/// the bar's width. The picture is the bar alone, at its place in the box; transparent when there
/// is no value.
/// Errors: those of rasterise_text().
/// Thread: any; waits for other users of `fonts`.
base::Result<Raster> rasterise_caption(
    const std::vector<std::pair<std::string, std::string>>& metadata, base::SizeF box,
    FontLibrary& fonts);

}  // namespace layercast::content
