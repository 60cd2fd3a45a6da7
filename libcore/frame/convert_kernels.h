#pragma once

#include "frame/image.h"

#include <cstdint>

/// The inner loops of convert.h, run-time dispatched to the widest SIMD the machine has.
/// Shape, for all: views of one call belong together as plane_size() says, rows may be padded and
/// start anywhere; they do not overlap. No byte outside of the views is written, and none outside
/// of the rows' own bytes is read. Exact: each equals its scalar twin byte for byte on every
/// target. Thread: any.
namespace layercast::frame::kernels {

using Pixels = ImageView<const PremulRgba8>;
using Samples = ImageView<const uint8_t>;
using Plane = ImageView<uint8_t>;

/// Whether this machine has vectors that the kernels of pixels below are written for. Those must
/// not be called where it has not.
bool have_pixel_kernels();

/// The planes of `source`, which has one more column on the left than they have.
void convert_420(Pixels source, Plane luma, Plane blue, Plane red);
/// `chroma` holds blue and red samples in turn: its width is even.
void convert_nv12(Pixels source, Plane luma, Plane chroma);
void convert_422(Pixels source, Plane luma, Plane blue, Plane red);
void convert_444(Pixels source, Plane luma, Plane blue, Plane red);

/// unpremultiplied() of every pixel. Shape: equal sizes.
void unpremultiply(Pixels source, ImageView<StraightRgba8> target);

/// `target` is `source`. Shape: equal sizes.
void copy(Samples source, Plane target);

/// Each row of `target` is the samples of `first` and `second` in turn. Shape: it is twice as wide.
void interleave(Samples first, Samples second, Plane target);

}  // namespace layercast::frame::kernels
