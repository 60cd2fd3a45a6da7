#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/moving.h"
#include "content/raster.h"

#include <cstdint>

namespace layercast::render {

/// What `part` shows in a layer box of this size, on whole pixels of the box.
/// Errors: kLimit for a picture that would be too large.
base::Result<content::Raster> drawn(const content::Part& part, base::SizeF box);

/// `from` × (255 − weight) ÷ 255 + `to` × weight ÷ 255: two pictures in one box, where one fades
/// into the other. What is in both stays as it is, which it would not if one lay over the other.
/// Range: 0..255. Exact: rounded to nearest. Alpha: premultiplied.
content::Raster mixed(const content::Raster& from, const content::Raster& to, uint8_t weight);

}  // namespace layercast::render
