#pragma once

#include "base/color.h"
#include "base/error.h"
#include "base/geometry.h"
#include "content/detail.h"
#include "content/raster.h"
#include "scene/scene.h"

#include <optional>

namespace layercast::content {

/// The shape in its own px, whatever the box: filled (non-zero rule; a line never is), then stroked
/// on its outline. A gradient fill spans the geometry's bounds. Corners are mitred (limit 4), a
/// line's ends are cut, as in SVG. The stroke may reach out of the box: the picture's origin
/// says how far. Without a box, the box goes from (0, 0) to the geometry's far corner, at least 1
/// px. Errors: bad path data (kInvalidInput), a picture above the limits (kLimit), without `where`.
/// Thread: any.
base::Result<Raster> rasterise_shape(const scene::ShapeContent& content,
                                     std::optional<base::SizeF> box, const Detail& detail = {});

/// The box filled with one colour. Errors: kLimit, without `where`. Thread: any.
base::Result<Raster> rasterise_color(base::Color color, base::SizeF box);

}  // namespace layercast::content
