#pragma once

#include "base/error.h"
#include "base/geometry.h"

#include <string_view>

namespace layercast::content {

/// The size in CSS px of the SVG `text`, which may then be given to a renderer: it is well-formed
/// UTF-8 or ASCII, names no entities of its own, its size is within the limits, and each picture
/// embedded as a data URI is a PNG or JPEG within the limits, all together too. A renderer that
/// loads nothing from outside would still unpack an embedded picture of any size. Errors: without
/// `where`. Thread: any, after initialise_images().
base::Result<base::SizeF> check_svg(std::string_view text);

}  // namespace layercast::content
