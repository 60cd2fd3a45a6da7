#pragma once

#include "base/geometry.h"
#include "frame/picture.h"

namespace layercast::content {

/// A rasterised content: the picture, positioned in the layer box by its origin, and the size of
/// the layer box when the scene gives none.
struct Raster {
  frame::PicturePtr picture;
  base::SizeF box;
  /// The period in px of a picture that repeats for scrolling; 0: it does not repeat.
  int repeats_after = 0;
  /// Maps the layer box to the picture's pixels, in which its origin also counts; not the identity
  /// when the picture was made for a scaled, rotated or shifted layer. Invertible.
  base::Affine pixels_from_box{};
  bool is_cut_to_box = false;  ///< whether the layer box crops it
  /// The same at a higher resolution, for frames in which the layer lies at a fractional position;
  /// may be null.
  frame::PicturePtr finer{};
  base::Affine finer_from_box{};  ///< maps the box to the finer picture's pixels
  /// The background of a picture that repeats, which does not scroll with it; its origin is its
  /// place in the layer box. May be null.
  frame::PicturePtr behind{};
};

}  // namespace layercast::content
