#pragma once

#include "frame/image.h"

#include <cstdint>

/// The inner loops of convert.h, dispatched at run time to the widest SIMD of the machine.
/// Shape, for all: the sizes of the views of one call match as plane_size() says; rows may be
/// padded and unaligned; views do not overlap. The kernels write no byte outside the views and read
/// none outside the bytes of the rows. Exact: each equals its scalar twin byte for byte on every
/// target. Thread: any.
namespace layercast::frame::kernels {

using Pixels = ImageView<const PremulRgba8>;
using Samples = ImageView<const uint8_t>;
using Plane = ImageView<uint8_t>;

/// Whether the machine has the vectors that the kernels from convert_420() to unpremultiply() need.
/// Those abort when it does not.
bool have_pixel_kernels();

/// Writes the planes of `source`, which has one more column on the left than the planes.
void convert_420(Pixels source, Plane luma, Plane blue, Plane red);
/// `chroma` gets interleaved blue and red samples: its width is even.
void convert_nv12(Pixels source, Plane luma, Plane chroma);
void convert_422(Pixels source, Plane luma, Plane blue, Plane red);
void convert_444(Pixels source, Plane luma, Plane blue, Plane red);

/// Writes unpremultiplied() of every pixel. Shape: equal sizes.
void unpremultiply(Pixels source, ImageView<StraightRgba8> target);

/// Copies `source` to `target`. Shape: equal sizes.
void copy(Samples source, Plane target);

/// Interleaves the samples of `first` and `second` in each row. Shape: `target` is twice as wide.
void interleave(Samples first, Samples second, Plane target);

}  // namespace layercast::frame::kernels
