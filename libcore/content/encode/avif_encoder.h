#pragma once

#include "base/geometry.h"
#include "content/encode/picture_encoder.h"

#include <memory>

namespace layercast::content {

/// Which AVIF file to encode.
struct AvifRequest {
  base::SizeI size;
  base::FrameRate rate;
  bool opaque = false;  ///< No picture has transparent pixels.
};

/// Opens an encoder of AVIF files: 4:4:4, full range, sRGB with the matrix of BT.601, as usual for
/// AVIF; alpha in a plane of its own. One picture becomes a still, several become an image
/// sequence. Holds the encoded pictures until finish(). Source: libavif and libaom.
base::Result<std::unique_ptr<PictureEncoder>> open_avif_encoder(const AvifRequest& request,
                                                                ByteSink write);

}  // namespace layercast::content
