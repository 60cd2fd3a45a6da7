#pragma once

#include "frame/image.h"

#include <memory>
#include <vector>

namespace layercast::frame {

/// A colour R'G'B' → another, each component 0..1 and brought back to it: rows times (red, green,
/// blue, 1).
struct ColorMatrix {
  float rows[3][4];
};

/// What is done to colours as they are before they are premultiplied: each matrix in turn, nothing
/// rounded in between; alpha is multiplied by `opacity`.
struct Recoloring {
  std::vector<ColorMatrix> matrices;
  float opacity = 1;  ///< 0..1
};
/// Never changes; shared by what is drawn with it.
using RecoloringPtr = std::shared_ptr<const Recoloring>;

/// One pixel of it. What is clear stays clear.
/// Exact: IEEE floats without contraction, so every machine gives the same bytes.
PremulRgba8 recolored(const Recoloring& recoloring, PremulRgba8 pixel);

/// What it makes of each pixel of `source`, run-time dispatched to the widest SIMD the machine has.
/// Shape: equal sizes; `source` and `target` may be the same. No byte outside of them is touched.
/// Exact: recolored(), byte for byte, on every target. Thread: any.
void recolor(const Recoloring& recoloring, ImageView<const PremulRgba8> source,
             ImageView<PremulRgba8> target);

}  // namespace layercast::frame
