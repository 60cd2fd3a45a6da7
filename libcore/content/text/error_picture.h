#pragma once

#include "base/geometry.h"
#include "content/picture/raster.h"
#include "content/text/fonts.h"

#include <string_view>

namespace layercast::content {

/// Draws the replacement of a content that failed: a translucent red box with a border and the
/// reason in white, wrapped, shrunk and cut with an ellipsis to fit. Always succeeds: without
/// fonts, or in a box too small for text, it draws only the box.
/// `box`: the layer's; 480×120 when it is empty. In a very large box the picture covers the middle.
/// Ownership: `fonts` is borrowed, and may be nullptr.
/// Thread: any; waits for other users of `fonts`.
Raster error_picture(std::string_view reason, base::SizeF box, FontLibrary* fonts);

}  // namespace layercast::content
