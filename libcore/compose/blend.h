#pragma once

#include "base/blend_mode.h"
#include "frame/image.h"

namespace layercast::compose {

/// The result of blending `source` with `backdrop` and compositing it over that.
/// Alpha: premultiplied. Exact: the formula over the 8-bit inputs, rounded to nearest; for
/// soft-light and the four non-separable modes evaluated in IEEE doubles first. Source: W3C
/// Compositing and Blending Level 1, sections 5.1, 10.1 and 10.2.
frame::PremulRgba8 blended(base::BlendMode mode, frame::PremulRgba8 source,
                           frame::PremulRgba8 backdrop);

/// `pixel` times `coverage` ÷ 255. Range: `coverage` 0..255. Exact: rounded to nearest.
constexpr frame::PremulRgba8 faded(frame::PremulRgba8 pixel, uint32_t coverage) {
  const auto scaled = [coverage](uint8_t component) {
    return static_cast<uint8_t>(frame::divided_by_255(component * coverage));
  };
  return {scaled(pixel.red), scaled(pixel.green), scaled(pixel.blue), scaled(pixel.alpha)};
}

}  // namespace layercast::compose
