#pragma once

#include "frame/image.h"
#include "frame/yuv_picture.h"

#include <algorithm>
#include <cstdint>

namespace layercast::frame {

/// R'G'B' from Y'CbCr as integers: the real coefficients in 2^-20, rounded to nearest.
/// Error: before the result is rounded to 8 bits, below 0.0005 of a level.
/// Source: ITU-R BT.601-7 and BT.709-6, with the ranges of their 8-bit forms; full range as
/// JFIF 1.02.
struct YuvCoefficients {
  static constexpr int kShift = 20;

  int32_t luma_black = 0;  ///< the Y of black
  int32_t luma = 0;
  int32_t red_from_v = 0;
  int32_t green_from_u = 0;  ///< taken away
  int32_t green_from_v = 0;  ///< taken away
  int32_t blue_from_u = 0;
};

constexpr YuvCoefficients yuv_coefficients(YuvMatrix matrix, YuvRange range) {
  const double red = matrix == YuvMatrix::kBt709 ? 0.2126 : 0.299;
  const double blue = matrix == YuvMatrix::kBt709 ? 0.0722 : 0.114;
  const double green = 1 - red - blue;
  const bool is_limited = range == YuvRange::kLimited;
  const double luma_scale = is_limited ? 255.0 / 219.0 : 1.0;
  const double chroma_scale = is_limited ? 255.0 / 224.0 : 1.0;
  const auto fixed = [](double value) {
    return static_cast<int32_t>(value * (1 << YuvCoefficients::kShift) + 0.5);
  };
  return {is_limited ? 16 : 0,
          fixed(luma_scale),
          fixed(chroma_scale * 2 * (1 - red)),
          fixed(chroma_scale * 2 * (1 - blue) * blue / green),
          fixed(chroma_scale * 2 * (1 - red) * red / green),
          fixed(chroma_scale * 2 * (1 - blue))};
}

/// Opaque; what lies outside of R'G'B' is clipped. Exact: integers.
constexpr PremulRgba8 rgb_from_yuv(const YuvCoefficients& c, uint8_t y, uint8_t u, uint8_t v) {
  constexpr int32_t kHalf = 1 << (YuvCoefficients::kShift - 1);
  const int32_t light = c.luma * (int32_t{y} - c.luma_black) + kHalf;
  const int32_t blue_difference = int32_t{u} - 128;
  const int32_t red_difference = int32_t{v} - 128;
  const auto component = [](int32_t value) {
    return static_cast<uint8_t>(std::clamp(value >> YuvCoefficients::kShift, 0, 255));
  };
  return {
      component(light + c.red_from_v * red_difference),
      component(light - c.green_from_u * blue_difference - c.green_from_v * red_difference),
      component(light + c.blue_from_u * blue_difference),
      255,
  };
}

}  // namespace layercast::frame
