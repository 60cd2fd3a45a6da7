#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/image.h"

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace layercast::content {

/// A picture of at most 255 colours and one for transparent pixels, which may be in no pixel.
struct PalettePicture {
  std::vector<std::array<uint8_t, 3>> colors;
  std::vector<uint8_t> indices;  ///< One a pixel, rows without padding.
  uint8_t transparent = 0;       ///< The index of transparent pixels.
};

/// Chooses the palette of a picture and dithers the picture with it. Deterministic, whatever the
/// number of cores.
/// Shape: `size.area()` pixels. Alpha: 0 or 255. Errors: kInternal. Thread: any.
/// Source: libimagequant.
base::Result<PalettePicture> palette_picture(std::span<const frame::StraightRgba8> pixels,
                                             base::SizeI size);

}  // namespace layercast::content
