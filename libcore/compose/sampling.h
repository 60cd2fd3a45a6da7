#pragma once

#include "base/geometry.h"
#include "compose/placed_item.h"
#include "frame/image.h"
#include "frame/yuv_color.h"

#include <array>
#include <cstdint>

/// The inner loops that read pictures, dispatched at run time to the widest SIMD of the machine.
/// Exact: each equals compose_rows() byte for byte on every target. Thread: any.
namespace layercast::compose {

/// The maximum number of samples that kernels write past the end of a row: the padding that the
/// rows of a target need.
inline constexpr int kRowSlack = 15;

/// Writes the canvas pixels from `first` on, sampled bilinearly, to `target`.
/// Shape: any size; rows of `target` have kRowSlack pixels of padding, which may be overwritten.
void sample(const SampledPixels& source, base::PointI first,
            frame::ImageView<frame::PremulRgba8> target);

/// The same for one plane of a YUV picture.
void sample(const SampledPlane& source, base::PointI first, frame::ImageView<uint8_t> target);

/// The planes Y, U and V.
using YuvPlanes = std::array<SampledPlane, 3>;

/// The largest width, in pixels, for which is_sampled_at_once() may be true.
inline constexpr int kWidthAtOnceMax = 160;
/// Whether one pass can sample and convert `width` columns from `first` on: the video is unscaled
/// and on a pixel boundary, and its chroma has half the width and is sited on even columns.
bool is_sampled_at_once(const YuvPlanes& planes, base::PointI first, int width);

/// Writes the canvas pixels of a video from `first` on, opaque: as sample() of each plane, then
/// rgb_from_yuv() of the three. Shape: is_sampled_at_once() for the width of `target`, whose rows
/// have kRowSlack pixels of padding.
void sample(const frame::YuvCoefficients& coefficients, const YuvPlanes& planes, base::PointI first,
            frame::ImageView<frame::PremulRgba8> target);

/// Three planes of equal size, one sample of each for every pixel.
struct YuvSamples {
  frame::ImageView<const uint8_t> y;
  frame::ImageView<const uint8_t> u;
  frame::ImageView<const uint8_t> v;
};
/// Converts `source` to opaque pixels. Shape: equal sizes; rows of all planes and of `target` have
/// kRowSlack samples of padding.
void rgb_from_yuv(const frame::YuvCoefficients& coefficients, const YuvSamples& source,
                  frame::ImageView<frame::PremulRgba8> target);

}  // namespace layercast::compose
