#pragma once

#include "base/geometry.h"
#include "content/fonts.h"
#include "content/raster.h"

#include <string_view>

namespace layercast::content {

/// What stands in for content that failed: a translucent red box with a border and the reason in
/// white, wrapped, and shrunk or cut with an ellipsis to fit. Always succeeds: without fonts, or in
/// a box too small for text, the box is all there is.
/// `box`: the layer's; 480×120 when it is empty. Of a very large one the picture covers the middle.
/// Ownership: `fonts` is borrowed, and may be nullptr.
/// Thread: any; waits for other users of `fonts`.
Raster error_picture(std::string_view reason, base::SizeF box, FontLibrary* fonts);

}  // namespace layercast::content
