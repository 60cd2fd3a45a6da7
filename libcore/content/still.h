#pragma once

#include "base/error.h"
#include "frame/image.h"

#include <cstdint>
#include <string>

namespace layercast::content {

enum class StillFormat : uint8_t { kPng, kJpeg, kWebp };

/// The bytes of an image file that shows `picture` in sRGB; the same for the same picture.
/// PNG keeps every pixel and leaves alpha out where all of it is opaque. WebP is lossy (quality 90,
/// its alpha exact), JPEG too (quality 92, colour not subsampled) and lies on black.
/// Errors: without `where`: kLimit for sides that the format cannot hold. Thread: any.
base::Result<std::string> encode_still(frame::ImageView<const frame::StraightRgba8> picture,
                                       StillFormat format);

}  // namespace layercast::content
