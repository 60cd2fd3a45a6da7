#pragma once

#include "base/geometry.h"
#include "frame/picture.h"

namespace layercast::content {

/// What rasterising a content gives: pixels, placed relative to the layer box by the picture's
/// origin, and the size that the layer box has when the scene gives none.
struct Raster {
  frame::PicturePtr picture;
  base::SizeF box;
};

}  // namespace layercast::content
