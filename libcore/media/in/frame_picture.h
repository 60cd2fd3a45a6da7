#pragma once

#include "base/error.h"
#include "frame/frame.h"
#include "frame/image.h"

#include <optional>

namespace layercast::media {

/// Converts a finished frame to opaque RGB, for a still or a preview.
/// `width`: the maximum width in pixels; a wider frame is scaled down in proportion; nullopt: any.
/// Colours: BT.709 limited range, interpreted as sRGB. Maximum error: two levels, from the rounding
/// in swscale. Errors: kUnsupported for a format that swscale cannot convert; kInternal.
/// Thread: any.
base::Result<frame::Image<frame::StraightRgba8>> picture_of(const frame::Frame& frame,
                                                            std::optional<int> width);

}  // namespace layercast::media
