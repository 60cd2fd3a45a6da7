#include "content/image/vips_decode.h"

#include "content/image/stored_image.h"
#include "content/image/vips_glue.h"

#include <vips/vips8>

namespace layercast::content {

base::Result<frame::Image<frame::PremulRgba8>> decode_by_vips(ImageFormat format,
                                                              std::string_view bytes,
                                                              const ColorHint& hint) {
  try {
    return upright_pixels(opened(format, bytes), format, hint);
  } catch (const vips::VError&) {
    return decoder_error(format, take_vips_errors());
  }
}

base::Result<base::SizeI> size_by_vips(ImageFormat format, std::string_view bytes) {
  try {
    const vips::VImage image = opened(format, bytes);
    const base::SizeI size{image.width(), image.height()};
    TRY_DO(check_image_size(size));
    return size;
  } catch (const vips::VError&) {
    return decoder_error(format, take_vips_errors());
  }
}

}  // namespace layercast::content
