#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/image.h"

#include <string_view>

namespace layercast::content {

/// Decodes the primary image of an AVIF or HEIF file by libheif: upright, in sRGB, premultiplied
/// once. An ICC profile determines the colours; without one, the code points of the file or of the
/// coded picture do. Luma without chroma and alpha that are coded in limited range are expanded,
/// and the image is cropped, rotated and mirrored here, because libheif does the former not at all,
/// and the latter for 8 bits only. Errors: without `where`: kInvalidInput for damaged or truncated
/// files, kUnsupported, kLimit. Thread: any, after initialise_images().
base::Result<frame::Image<frame::PremulRgba8>> decode_heif(std::string_view bytes);

/// The size of the upright image, read from the header and checked against the limits.
/// Errors: as decode_heif().
base::Result<base::SizeI> heif_size(std::string_view bytes);

}  // namespace layercast::content
