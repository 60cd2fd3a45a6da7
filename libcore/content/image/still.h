#pragma once

#include "base/error.h"
#include "frame/image.h"

#include <cstdint>
#include <string>

namespace layercast::content {

/// A format for still images.
enum class StillFormat : uint8_t { kPng, kJpeg, kWebp, kGif, kAvif };

/// Encodes `picture` as an sRGB image file. Deterministic.
/// PNG is lossless, without an alpha channel when all pixels are opaque. WebP is lossy (quality 90,
/// exact alpha). JPEG is lossy (quality 92, no chroma subsampling), on black. GIF and AVIF are
/// those of AnimationEncoder. Errors: without `where`: kLimit when a side exceeds the format's
/// maximum. Thread: any.
base::Result<std::string> encode_still(frame::ImageView<const frame::StraightRgba8> picture,
                                       StillFormat format);

}  // namespace layercast::content
