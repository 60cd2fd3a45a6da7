#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/raster.h"
#include "content/text/fonts.h"

#include <string>
#include <string_view>

namespace layercast::content {

/// Draws the replacement of a content that failed: a translucent red box with a border and the
/// reason in white, wrapped, shrunk and cut with an ellipsis to fit. Always succeeds: without
/// fonts, or in a box too small for text, it draws only the box.
/// `box`: the layer's; 480×120 when it is empty. In a very large box the picture covers the middle.
/// Ownership: `fonts` is borrowed, and may be nullptr.
/// Thread: any; waits for other users of `fonts`.
Raster error_picture(std::string_view reason, base::SizeF box, FontLibrary* fonts);

/// error.to_string() for a picture that viewers see: of the paths of files, only the name of the
/// file is left.
std::string reason_without_folders(const base::Error& error);

}  // namespace layercast::content
