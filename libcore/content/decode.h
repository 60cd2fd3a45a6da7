#pragma once

#include "base/error.h"
#include "frame/image.h"

#include <string_view>

namespace layercast::content {

/// The first picture in the bytes of a PNG, JPEG, WebP, AVIF, HEIF, TIFF or GIF file: upright
/// (EXIF orientation applied), in sRGB (embedded profile applied), premultiplied once.
/// The format is told by the content. The size is held against the limits before any pixel is
/// decoded; a file that is cut short or damaged is an error, never a partly grey picture.
/// Errors: without `where`. Thread: any, after initialise_images().
base::Result<frame::Image<frame::PremulRgba8>> decode_image(std::string_view bytes);

/// The size that the header of such a file gives, held against the limits.
base::Result<base::SizeI> image_size(std::string_view bytes);

}  // namespace layercast::content
