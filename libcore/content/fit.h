#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "scene/scene.h"

#include <optional>

namespace layercast::content {

/// How far a picture of the `natural` size is stretched in each direction to fit `box`.
/// Source: CSS Images Module Level 3, section 5.5 (object-fit).
base::SizeF fitted_scale(base::SizeF natural, scene::Fit fit, base::SizeF box);

/// Where a fitted picture lies.
struct Placement {
  base::SizeI scaled;   ///< the whole picture
  base::RectI visible;  ///< the part of it inside the box, in its own pixels
  base::PointF origin;  ///< of that part in the box
  base::SizeF box;      ///< of the layer: the one given, or the natural size
};

/// A picture of the `natural` size fitted into `box`, centred, on whole pixels, at least one.
/// Range: `natural` above 0. Errors: kLimit for a picture above the limits.
/// Source: CSS Images Module Level 3, section 5.5 (object-fit) with object-position 50% 50%.
base::Result<Placement> place(base::SizeF natural, scene::Fit fit, std::optional<base::SizeF> box);

/// Succeeds when a picture of `size` is within the limits of rasterised content.
base::Result<void> check_picture_size(base::SizeF size);

}  // namespace layercast::content
