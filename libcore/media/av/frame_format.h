#pragma once

#include "frame/frame.h"

namespace layercast::media {

/// The pixel format of a frame that has the samples of the libav pixel format `pixel_format` as
/// they are; kRgba if there is none. Thread: any.
frame::PixelFormat frame_format_of(int pixel_format);

}  // namespace layercast::media
