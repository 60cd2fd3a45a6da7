#pragma once

#include "base/color.h"
#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/detail.h"
#include "content/picture/raster.h"
#include "scene/model/scene.h"

#include <optional>

namespace layercast::content {

/// Draws a shape in its own px, independent of the box: filled (non-zero rule; lines are not), then
/// stroked along its outline. A gradient fill spans the geometry's bounds. As in SVG, corners are
/// mitred (limit 4) and line caps are butt. The stroke may extend beyond the box: the picture's
/// origin is its offset. Without a box, the box spans from (0, 0) to the geometry's far corner, at
/// least 1 px.
/// Errors: without `where`: kInvalidInput for bad path data, kLimit for a picture above the limits.
/// Thread: any.
base::Result<Raster> rasterise_shape(const scene::ShapeContent& content,
                                     std::optional<base::SizeF> box, const Detail& detail = {});

/// A box filled with one colour. Errors: kLimit, without `where`. Thread: any.
base::Result<Raster> rasterise_color(base::Color color, base::SizeF box);

}  // namespace layercast::content
