#pragma once

#include "base/geometry.h"
#include "frame/picture.h"

namespace layercast::content {

/// What rasterising a content gives: pixels, placed relative to the layer box by the picture's
/// origin, and the size that the layer box has when the scene gives none.
struct Raster {
  frame::PicturePtr picture;
  base::SizeF box;
  /// px after which the pixels come again, of a picture that is made to scroll; 0: they do not.
  int repeats_after = 0;
  /// Where the box lies among the pixels of the picture, which was made for a layer that is scaled
  /// or turned; the picture's origin counts in its pixels. Not singular.
  base::Affine pixels_from_box{};
  bool is_cut_to_box = false;  ///< whether what overflows the layer box is not shown
  /// The same with more pixels, for while the layer lies between those of the canvas; may be null.
  frame::PicturePtr finer{};
  base::Affine finer_from_box{};  ///< where the box lies among the finer picture's pixels
};

}  // namespace layercast::content
