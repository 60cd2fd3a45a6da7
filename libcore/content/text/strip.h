#pragma once

#include "base/color.h"
#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/raster.h"
#include "scene/model/animation.h"
#include "scene/model/scene.h"

#include <optional>

namespace layercast::content {

/// Whether the content scrolls horizontally.
bool is_across(const scene::ScrollEffect& scroll);

/// The size at which a picture of the `natural` size scrolls through `box`: fitted across the
/// scroll direction, proportional along it. kFill gives the size of the box.
base::SizeF strip_size(base::SizeF natural, scene::Fit fit, const scene::ScrollEffect& scroll,
                       base::SizeF box);

/// `content` repeated along the scroll direction, with a period in whole px, long enough to fill a
/// box of size `box` at every scroll position. `offset`: its position across the scroll direction,
/// in px. `behind`: the colour of the gaps and background. Errors: kLimit for a picture above the
/// limits.
base::Result<Raster> repeated(const Raster& content, const scene::ScrollEffect& scroll,
                              base::SizeF box, double offset, base::Color behind);

}  // namespace layercast::content
