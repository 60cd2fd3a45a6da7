#include "frame/yuv_color.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>

namespace layercast::frame {
namespace {

// R'G'B' of a colour in real numbers, as BT.601 and BT.709 have it.
struct RealColors {
  RealColors(YuvMatrix matrix, YuvRange range)
      : red_weight(matrix == YuvMatrix::kBt709 ? 0.2126 : 0.299),
        blue_weight(matrix == YuvMatrix::kBt709 ? 0.0722 : 0.114),
        black(range == YuvRange::kLimited ? 16 : 0),
        luma_steps(range == YuvRange::kLimited ? 219 : 255),
        chroma_steps(range == YuvRange::kLimited ? 224 : 255) {}

  double luma(int y) const { return (y - black) / luma_steps; }
  double red(int y, int v) const {
    return luma(y) + (1 - red_weight) * 2 * (v - 128) / chroma_steps;
  }
  double blue(int y, int u) const {
    return luma(y) + (1 - blue_weight) * 2 * (u - 128) / chroma_steps;
  }
  double green(int y, int u, int v) const {
    return (luma(y) - red_weight * red(y, v) - blue_weight * blue(y, u)) /
           (1 - red_weight - blue_weight);
  }

  double red_weight, blue_weight;
  double black, luma_steps, chroma_steps;
};

double error(uint8_t actual, double real) {
  return std::abs(actual - 255 * std::clamp(real, 0.0, 1.0));
}

// Over all 2^24 colours.
double worst_error(YuvMatrix matrix, YuvRange range) {
  const YuvCoefficients coefficients = yuv_coefficients(matrix, range);
  const RealColors real(matrix, range);
  double worst = 0;
  for (int y = 0; y < 256; ++y) {
    for (int u = 0; u < 256; ++u) {
      const double blue = real.blue(y, u);
      for (int v = 0; v < 256; ++v) {
        const PremulRgba8 pixel = rgb_from_yuv(coefficients, static_cast<uint8_t>(y),
                                               static_cast<uint8_t>(u), static_cast<uint8_t>(v));
        worst = std::max({worst, error(pixel.red, real.red(y, v)),
                          error(pixel.green, real.green(y, u, v)), error(pixel.blue, blue)});
      }
    }
  }
  return worst;
}

TEST(RgbFromYuv, IsWithin525ThousandthsOfALevelForEveryColor) {
  EXPECT_LE(worst_error(YuvMatrix::kBt601, YuvRange::kLimited), 0.525);
  EXPECT_LE(worst_error(YuvMatrix::kBt601, YuvRange::kFull), 0.525);
  EXPECT_LE(worst_error(YuvMatrix::kBt709, YuvRange::kLimited), 0.525);
  EXPECT_LE(worst_error(YuvMatrix::kBt709, YuvRange::kFull), 0.525);
}

TEST(RgbFromYuv, KeepsGreysExact) {
  for (const YuvMatrix matrix : {YuvMatrix::kBt601, YuvMatrix::kBt709}) {
    const YuvCoefficients full = yuv_coefficients(matrix, YuvRange::kFull);
    const YuvCoefficients limited = yuv_coefficients(matrix, YuvRange::kLimited);
    for (int y = 0; y < 256; ++y) {
      const auto luma = static_cast<uint8_t>(y);
      EXPECT_EQ(rgb_from_yuv(full, luma, 128, 128), (PremulRgba8{luma, luma, luma, 255}));
      const auto grey =
          static_cast<uint8_t>(std::clamp(std::lround((y - 16) * 255.0 / 219), 0L, 255L));
      EXPECT_EQ(rgb_from_yuv(limited, luma, 128, 128), (PremulRgba8{grey, grey, grey, 255})) << y;
    }
  }
}

}  // namespace
}  // namespace layercast::frame
