#pragma once

#include "frame/image.h"
#include "frame/yuv_picture.h"

#include <algorithm>
#include <cstdint>

namespace layercast::frame {

/// Coefficients for R'G'B' from Y'CbCr in 16-bit integers: products are in 2^-6 of a level, each
/// rounded.
/// Maximum error of the 8-bit result, over all 2^24 colors: 0.525 of a level, of which 0.5 is the
/// rounding itself; at most 7 samples of 1000 are not the nearest level.
/// Source: ITU-R BT.601-7 and BT.709-6, with the ranges of their 8-bit forms; full range as in
/// JFIF 1.02.
struct YuvCoefficients {
  static constexpr int kShift = 6;

  uint16_t luma = 0;         ///< in 2^-14
  int16_t start = 0;         ///< in 2^-kShift: the value for Y = 0, plus a half for rounding
  int16_t red_from_v = 0;    ///< in 2^-13, as the three below
  int16_t green_from_u = 0;  ///< subtracted
  int16_t green_from_v = 0;  ///< subtracted
  int16_t blue_from_u = 0;
};

/// The coefficients for `matrix` and `range`.
constexpr YuvCoefficients yuv_coefficients(YuvMatrix matrix, YuvRange range) {
  const double red = matrix == YuvMatrix::kBt709 ? 0.2126 : 0.299;
  const double blue = matrix == YuvMatrix::kBt709 ? 0.0722 : 0.114;
  const double green = 1 - red - blue;
  const bool is_limited = range == YuvRange::kLimited;
  const double luma_scale = is_limited ? 255.0 / 219.0 : 1.0;
  const double chroma_scale = is_limited ? 255.0 / 224.0 : 1.0;
  const auto fixed = [](double value) { return static_cast<int16_t>(value * 8192 + 0.5); };
  return {static_cast<uint16_t>(luma_scale * 16384 + 0.5),
          static_cast<int16_t>(is_limited ? 32 - 16 * 64 * luma_scale : 32),
          fixed(chroma_scale * 2 * (1 - red)),
          fixed(chroma_scale * 2 * (1 - blue) * blue / green),
          fixed(chroma_scale * 2 * (1 - red) * red / green),
          fixed(chroma_scale * 2 * (1 - blue))};
}

/// The opaque pixel of a Y'CbCr sample; components outside 0..255 are clipped. Exact: integers.
constexpr PremulRgba8 rgb_from_yuv(const YuvCoefficients& c, uint8_t y, uint8_t u, uint8_t v) {
  const int32_t light = (((int32_t{y} << 8) * c.luma) >> 16) + c.start;
  const int32_t blue_difference = (int32_t{u} - 128) * 256;
  const int32_t red_difference = (int32_t{v} - 128) * 256;
  const auto product = [](int32_t difference, int32_t coefficient) {
    return (difference * coefficient + (1 << 14)) >> 15;
  };
  const auto component = [](int32_t value) {
    return static_cast<uint8_t>(std::clamp(value >> YuvCoefficients::kShift, 0, 255));
  };
  return {
      component(light + product(red_difference, c.red_from_v)),
      component(light - product(blue_difference, c.green_from_u) -
                product(red_difference, c.green_from_v)),
      component(light + product(blue_difference, c.blue_from_u)),
      255,
  };
}

}  // namespace layercast::frame
