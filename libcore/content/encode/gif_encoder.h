#pragma once

#include "base/geometry.h"
#include "content/encode/picture_encoder.h"

#include <memory>

namespace layercast::content {

/// Opens an encoder of GIF files. Each picture has its own palette of the pixels that it changes,
/// so that pixels which do not change keep their colours. Source: GIF89a; colours by libimagequant,
/// the file by cgif.
base::Result<std::unique_ptr<PictureEncoder>> open_gif_encoder(base::SizeI size,
                                                               base::FrameRate rate,
                                                               ByteSink write);

}  // namespace layercast::content
