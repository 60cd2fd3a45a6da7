#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/moving.h"
#include "content/picture/raster.h"

#include <cstdint>
#include <span>
#include <vector>

namespace layercast::render {

/// Draws `part` in a layer box of this size, on whole pixels of the box.
/// Errors: kLimit if the picture would be too large.
base::Result<content::Raster> drawn(const content::Part& part, base::SizeF box);

/// Cross-fades two pictures in one box: `from` × (255 − weight) ÷ 255 + `to` × weight ÷ 255. Pixels
/// that are equal in both stay unchanged, unlike with "over".
/// Range: 0..255. Exact: rounded to nearest. Alpha: premultiplied.
content::Raster mixed(const content::Raster& from, const content::Raster& to, uint8_t weight);

/// The parts of a content in a layer box of this size. Shape: may be empty.
struct BoxedParts {
  std::span<const content::Part> parts;
  base::SizeF box;
};

/// Two contents at one point of a cross-fade, as parts in the box of `to`. The point `anchor` of
/// both boxes, which span 0 to 1, is the same. If one of the contents is opaque and covers the
/// other, it is drawn over the other with an opacity, which gives the same sum and needs no new
/// picture; otherwise the result is one picture. Range: weight 0..255, of `to`. Errors: kLimit if a
/// picture would be too large.
base::Result<std::vector<content::Part>> cross_faded(const BoxedParts& from, const BoxedParts& to,
                                                     base::PointF anchor, uint8_t weight);

}  // namespace layercast::render
