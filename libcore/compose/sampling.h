#pragma once

#include "base/geometry.h"
#include "compose/placed_item.h"
#include "frame/image.h"
#include "frame/yuv_color.h"

#include <array>
#include <cstdint>

/// The inner loops that read pictures, run-time dispatched to the widest SIMD the machine has.
/// Exact: each gives what compose_rows() gives, byte for byte, on every target. Thread: any.
namespace layercast::compose {

/// Samples that kernels write past the end of a row at most: rows of a target have that much room.
inline constexpr int kRowSlack = 15;

/// `target` shows the canvas pixels from `first` on, sampled bilinearly.
/// Shape: any; rows of `target` are padded by kRowSlack pixels, whose content is lost.
void sample(const SampledPixels& source, base::PointI first,
            frame::ImageView<frame::PremulRgba8> target);

/// The same for one plane of a YUV picture.
void sample(const SampledPlane& source, base::PointI first, frame::ImageView<uint8_t> target);

using YuvPlanes = std::array<SampledPlane, 3>;

/// Whether `width` columns from `first` on can be sampled and converted in one pass: a video on
/// whole pixels, whose chroma has half its width and is sited on even columns.
inline constexpr int kWidthAtOnceMax = 160;
bool is_sampled_at_once(const YuvPlanes& planes, base::PointI first, int width);

/// Those as pixels, opaque: each plane as sample() has it, then rgb_from_yuv() of the three.
/// Shape: is_sampled_at_once(); rows of `target` are padded by kRowSlack pixels.
void sample(const frame::YuvCoefficients& coefficients, const YuvPlanes& planes, base::PointI first,
            frame::ImageView<frame::PremulRgba8> target);

/// Three planes of equal size as pixels, opaque.
/// Shape: that of `target`; rows of all four are padded by kRowSlack samples.
struct YuvSamples {
  frame::ImageView<const uint8_t> y;
  frame::ImageView<const uint8_t> u;
  frame::ImageView<const uint8_t> v;
};
void rgb_from_yuv(const frame::YuvCoefficients& coefficients, const YuvSamples& source,
                  frame::ImageView<frame::PremulRgba8> target);

}  // namespace layercast::compose
