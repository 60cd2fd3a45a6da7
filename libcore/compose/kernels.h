#pragma once

#include "base/blend_mode.h"
#include "frame/image.h"

#include <cstdint>

/// The inner loops of the compositor, dispatched at run time to the widest SIMD of the machine.
/// Shape, for all: source (and mask) and target have equal sizes of at least 1×1; rows may be
/// padded and unaligned; views do not overlap. The kernels write no byte outside the views and read
/// none outside the bytes of the rows. Alpha: premultiplied.
/// Exact: each equals its scalar twin byte for byte on every target. Thread: any.
namespace layercast::compose {

using Pixels = frame::ImageView<const frame::PremulRgba8>;
using Target = frame::ImageView<frame::PremulRgba8>;
/// The alpha of each pixel of a picture whose pixels are all black.
using BlackPixels = frame::ImageView<const uint8_t>;
/// The coverage of each pixel, 0..255.
using Mask = frame::ImageView<const uint8_t>;

/// Sets every pixel of `target` to `color`.
void fill(frame::PremulRgba8 color, Target target);

/// Copies `source` to `target`.
void copy(Pixels source, Target target);

/// Draws `source`, faded() by `opacity`, over() `target`.
void composite_over(Pixels source, uint8_t opacity, Target target);

/// As composite_over(), for a source whose pixels are all black.
void composite_black_over(BlackPixels source, uint8_t opacity, Target target);

/// Draws `source`, faded() by `mask`, over() `target`.
void composite_over(Pixels source, Mask mask, Target target);

/// Draws `source`, faded() by `opacity` and blended(), into `target`.
void composite_blended(base::BlendMode mode, Pixels source, uint8_t opacity, Target target);

/// Draws `source`, faded() by `mask` and blended(), into `target`.
void composite_blended(base::BlendMode mode, Pixels source, Mask mask, Target target);

/// The reference implementation, one pixel at a time, that the kernels must equal.
namespace scalar {
void composite_over(Pixels source, uint8_t opacity, Target target);
void composite_black_over(BlackPixels source, uint8_t opacity, Target target);
void composite_over(Pixels source, Mask mask, Target target);
void composite_blended(base::BlendMode mode, Pixels source, uint8_t opacity, Target target);
void composite_blended(base::BlendMode mode, Pixels source, Mask mask, Target target);
}  // namespace scalar

}  // namespace layercast::compose
