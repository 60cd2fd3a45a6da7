#pragma once

#include "base/error.h"
#include "frame/frame.h"
#include "frame/image.h"

#include <optional>

namespace layercast::media {

/// A finished frame as RGB, for a still or a preview; opaque.
/// `width`: shrunk to this many pixels at most, its sides in proportion. Colours: BT.709 limited
/// range read as sRGB. Maximum error: two levels, swscale's own rounding.
/// Errors: kUnsupported for a format that is none of the encoder's; kInternal.
base::Result<frame::Image<frame::StraightRgba8>> picture_of(const frame::Frame& frame,
                                                            std::optional<int> width);

}  // namespace layercast::media
