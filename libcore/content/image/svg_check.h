#pragma once

#include "base/error.h"
#include "base/geometry.h"

#include <string_view>

namespace layercast::content {

/// Checks that an SVG is safe to render and returns its size in CSS px: it is well-formed UTF-8 or
/// ASCII, declares no entities, and is within the size limits; each picture embedded as a data URI
/// is a PNG or JPEG within the limits, and so is their total. The renderer loads nothing external,
/// but would decode embedded pictures of any size. Errors: without `where`. Thread: any, after
/// initialise_images().
base::Result<base::SizeF> check_svg(std::string_view text);

}  // namespace layercast::content
