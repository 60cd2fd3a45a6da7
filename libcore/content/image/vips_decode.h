#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/image/image_format.h"
#include "content/image/stored_color.h"
#include "frame/image.h"

#include <optional>
#include <string_view>

namespace layercast::content {

/// What a file says about its colours apart from an embedded ICC profile.
struct ColorHint {
  std::optional<StoredColor> color;  ///< absent: nothing
  bool overrides_profile = false;    ///< whether it takes precedence over an ICC profile
};

/// Decodes the first picture of a file of any format but HEIF by libvips: upright (EXIF orientation
/// applied), in sRGB, premultiplied once. The embedded ICC profile determines the colours; without
/// a usable one, `hint` does. The size is checked against the limits before any pixel is decoded.
/// Errors: as decoder_error(), kLimit. Thread: any, after initialise_images().
base::Result<frame::Image<frame::PremulRgba8>> decode_by_vips(ImageFormat format,
                                                              std::string_view bytes,
                                                              const ColorHint& hint = {});

/// The size in the header, checked against the limits; EXIF orientation is not applied.
/// Errors: as decode_by_vips().
base::Result<base::SizeI> size_by_vips(ImageFormat format, std::string_view bytes);

}  // namespace layercast::content
