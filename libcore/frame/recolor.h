#pragma once

#include "frame/image.h"

#include <memory>
#include <vector>

namespace layercast::frame {

/// A map from one colour R'G'B' to another: each row times (red, green, blue, 1), clamped to 0..1.
struct ColorMatrix {
  float rows[3][4];
};

/// A change of straight (not premultiplied) colours: applies each matrix in turn without rounding
/// in between, and multiplies alpha by `opacity`.
struct Recoloring {
  std::vector<ColorMatrix> matrices;
  float opacity = 1;  ///< 0..1
};
/// Immutable, so that several draws can share it.
using RecoloringPtr = std::shared_ptr<const Recoloring>;

/// The recoloured `pixel`. A transparent pixel remains transparent.
/// Exact: IEEE floats without contraction, so every machine gives the same bytes.
PremulRgba8 recolored(const Recoloring& recoloring, PremulRgba8 pixel);

/// Recolours each pixel of `source` into `target`, dispatched at run time to the widest SIMD of the
/// machine.
/// Shape: equal sizes; `source` and `target` may be the same. Writes no byte outside `target`.
/// Exact: recolored(), byte for byte, on every target. Thread: any.
void recolor(const Recoloring& recoloring, ImageView<const PremulRgba8> source,
             ImageView<PremulRgba8> target);

}  // namespace layercast::frame
