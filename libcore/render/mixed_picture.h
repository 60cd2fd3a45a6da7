#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/moving.h"
#include "content/picture/raster.h"

#include <cstdint>

namespace layercast::render {

/// Draws `part` in a layer box of this size, on whole pixels of the box.
/// Errors: kLimit if the picture would be too large.
base::Result<content::Raster> drawn(const content::Part& part, base::SizeF box);

/// Cross-fades two pictures in one box: `from` × (255 − weight) ÷ 255 + `to` × weight ÷ 255. Pixels
/// that are equal in both stay unchanged, unlike with "over".
/// Range: 0..255. Exact: rounded to nearest. Alpha: premultiplied.
content::Raster mixed(const content::Raster& from, const content::Raster& to, uint8_t weight);

}  // namespace layercast::render
