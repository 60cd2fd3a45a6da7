#pragma once

#include "base/geometry.h"
#include "content/encode/picture_encoder.h"

#include <memory>

namespace layercast::content {

/// Opens an encoder of WebP files: lossy (quality 90), exact alpha. Holds the encoded pictures
/// until finish(). Source: libwebpmux.
base::Result<std::unique_ptr<PictureEncoder>> open_webp_encoder(base::SizeI size,
                                                                base::FrameRate rate,
                                                                ByteSink write);

}  // namespace layercast::content
