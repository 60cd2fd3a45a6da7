#pragma once

#include "base/color.h"
#include "base/error.h"
#include "base/geometry.h"
#include "content/raster.h"
#include "scene/animation.h"
#include "scene/scene.h"

#include <optional>

namespace layercast::content {

/// Whether the scroll moves to the left or right, rather than up or down.
bool is_across(const scene::ScrollEffect& scroll);

/// The size at which a picture of the `natural` size scrolls through `box`: along the scroll it is
/// as long as it comes. Of an image that fills its box, the box's.
base::SizeF strip_size(base::SizeF natural, scene::Fit fit, const scene::ScrollEffect& scroll,
                       base::SizeF box);

/// `content` again and again along the scroll, in whole px: all that a box of the size `box` can
/// show of it, wherever it is. Across the scroll, `offset` px of the box lie before it.
/// `behind`: fills the gaps, too. Errors: kLimit for a picture above the limits.
base::Result<Raster> repeated(const Raster& content, const scene::ScrollEffect& scroll,
                              base::SizeF box, double offset, base::Color behind);

}  // namespace layercast::content
