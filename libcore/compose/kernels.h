#pragma once

#include "base/blend_mode.h"
#include "frame/image.h"

#include <cstdint>

/// The inner loops of the compositor, run-time dispatched to the widest SIMD the machine has.
/// Shape, for all: source (and mask) and target have equal sizes, any of at least 1×1, rows may be
/// padded and start anywhere; they do not overlap. No byte outside of the views is written, and
/// none outside of the rows' own bytes is read. Alpha: premultiplied.
/// Exact: each equals its scalar twin byte for byte on every target. Thread: any.
namespace layercast::compose {

using Pixels = frame::ImageView<const frame::PremulRgba8>;
using Target = frame::ImageView<frame::PremulRgba8>;
/// The alpha of each pixel of a picture that is black.
using BlackPixels = frame::ImageView<const uint8_t>;
/// Coverage of each pixel, 0..255.
using Mask = frame::ImageView<const uint8_t>;

/// Every pixel of `target` is `color`.
void fill(frame::PremulRgba8 color, Target target);

/// `target` is `source`.
void copy(Pixels source, Target target);

/// `source`, each pixel at `opacity` of 255 (faded()), over() `target`.
void composite_over(Pixels source, uint8_t opacity, Target target);

/// The same for a source that is black.
void composite_black_over(BlackPixels source, uint8_t opacity, Target target);

/// `source`, each pixel at its coverage of 255 (faded()), over() `target`.
void composite_over(Pixels source, Mask mask, Target target);

/// `source`, each pixel at `opacity` of 255 (faded()), blended() with `target`.
void composite_blended(base::BlendMode mode, Pixels source, uint8_t opacity, Target target);

/// `source`, each pixel at its coverage of 255 (faded()), blended() with `target`.
void composite_blended(base::BlendMode mode, Pixels source, Mask mask, Target target);

/// What the kernels are held against: one pixel after another.
namespace scalar {
void composite_over(Pixels source, uint8_t opacity, Target target);
void composite_black_over(BlackPixels source, uint8_t opacity, Target target);
void composite_over(Pixels source, Mask mask, Target target);
void composite_blended(base::BlendMode mode, Pixels source, uint8_t opacity, Target target);
void composite_blended(base::BlendMode mode, Pixels source, Mask mask, Target target);
}  // namespace scalar

}  // namespace layercast::compose
