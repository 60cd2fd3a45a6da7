#include "frame/color_transform.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <hwy/targets.h>
#include <random>
#include <string>
#include <vector>

namespace layercast::frame {
namespace {

using Color = std::array<double, 3>;

// Derived with other tools from the chromaticities in H.273; D65 in all three.
constexpr Primaries kBt2020 = {{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, {0.3127, 0.3290}};
constexpr Primaries kDisplayP3 = {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.3127, 0.3290}};
constexpr Primaries kDciP3 = {{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {0.314, 0.351}};

// ---- The formulas in real numbers, the other way round ------------------------------------------

// Source: BT.2087-0, and its like for P3.
constexpr std::array<Color, 3> kBt2020FromBt709 = {
    {{0.6274, 0.3293, 0.0433}, {0.0691, 0.9195, 0.0114}, {0.0164, 0.0880, 0.8956}}};
constexpr std::array<Color, 3> kP3FromBt709 = {
    {{0.8225, 0.1774, 0.0000}, {0.0332, 0.9669, 0.0000}, {0.0171, 0.0724, 0.9108}}};
constexpr std::array<Color, 3> kSame = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};

Color times(const std::array<Color, 3>& m, const Color& c) {
  Color result{};
  for (size_t i = 0; i < 3; ++i) result[i] = m[i][0] * c[0] + m[i][1] * c[1] + m[i][2] * c[2];
  return result;
}

double light_of_srgb(double s) {
  return s <= 0.04045 ? s / 12.92 : std::pow((s + 0.055) / 1.055, 2.4);
}
double srgb_of_light(double l) {
  return l <= 0.0031308 ? 12.92 * l : 1.055 * std::pow(l, 1 / 2.4) - 0.055;
}

// From light, where 1 is SDR white.
double pq_of_light(double light) {
  const double y = std::pow(light * 203 / 10000, 0.1593017578125);
  return std::pow((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y), 78.84375);
}
double hlg_of_scene(double e) {
  return e <= 1.0 / 12 ? std::sqrt(3 * e) : 0.17883277 * std::log(12 * e - 0.28466892) + 0.55991073;
}
Color hlg_of_light(const Color& light) {
  const double peak = 0.203;
  const double luminance = peak * (0.2627 * light[0] + 0.6780 * light[1] + 0.0593 * light[2]);
  const double factor = luminance > 0 ? std::pow(luminance, 1 / 1.2 - 1) : 0;
  Color signal{};
  for (size_t i = 0; i < 3; ++i) signal[i] = hlg_of_scene(light[i] * peak * factor);
  return signal;
}

Color signal_of(Transfer transfer, const Color& light) {
  if (transfer == Transfer::kHlg) return hlg_of_light(light);
  Color signal{};
  for (size_t i = 0; i < 3; ++i) {
    if (transfer == Transfer::kSrgb) signal[i] = srgb_of_light(light[i]);
    if (transfer == Transfer::kPq) signal[i] = pq_of_light(light[i]);
    if (transfer == Transfer::kGamma22) signal[i] = std::pow(light[i], 1 / 2.2);
    if (transfer == Transfer::kGamma28) signal[i] = std::pow(light[i], 1 / 2.8);
    if (transfer == Transfer::kLinear) signal[i] = light[i];
  }
  return signal;
}

// ---- Conversion of single colours ---------------------------------------------------------------

// Y'CbCr of limited range, rounded to codes of `bits`.
std::array<uint16_t, 3> yuv_codes(const Color& rgb, double red, double blue, int bits) {
  const double y = red * rgb[0] + (1 - red - blue) * rgb[1] + blue * rgb[2];
  const double unit = std::ldexp(1.0, bits - 8);
  const auto code = [](double value) { return static_cast<uint16_t>(std::lround(value)); };
  return {code((219 * y + 16) * unit), code((224 * (rgb[2] - y) / (2 * (1 - blue)) + 128) * unit),
          code((224 * (rgb[0] - y) / (2 * (1 - red)) + 128) * unit)};
}

Color converted(const ColorTransform& transform, const std::array<uint16_t, 3>& samples) {
  std::array<uint16_t, 3> levels{};
  transform.convert({{&samples[0], &samples[1], &samples[2]}},
                    RgbRows{{&levels[0], &levels[1], &levels[2]}}, 1);
  return {levels[0] / 64.0, levels[1] / 64.0, levels[2] / 64.0};
}

struct Video {
  const char* name;
  Transfer transfer;
  Primaries primaries;
  std::array<Color, 3> from_bt709;
};

const std::vector<Video> kVideos = {
    {"pq", Transfer::kPq, kBt2020, kBt2020FromBt709},
    {"hlg", Transfer::kHlg, kBt2020, kBt2020FromBt709},
    {"bt2020", Transfer::kSrgb, kBt2020, kBt2020FromBt709},
    {"p3", Transfer::kSrgb, kDisplayP3, kP3FromBt709},
    {"gamma22", Transfer::kGamma22, kBt709Primaries, kSame},
    {"gamma28", Transfer::kGamma28, kBt709Primaries, kSame},
    {"linear", Transfer::kLinear, kBt709Primaries, kSame},
};

TEST(ColorTransform, GivesBackTheColoursThatAVideoWasMadeFrom) {
  std::mt19937 random(1);
  for (const Video& video : kVideos) {
    VideoColors colors = yuv_colors(0.2627, 0.0593, YuvRange::kLimited, 16);
    colors.transfer = video.transfer;
    colors.primaries = video.primaries;
    const ColorTransform transform(colors);
    double worst = 0;
    for (int i = 0; i < 20'000; ++i) {
      const auto bits = static_cast<uint32_t>(random());
      Color color = {static_cast<double>(bits & 255), static_cast<double>(bits >> 8 & 255),
                     static_cast<double>(bits >> 16 & 255)};
      // The corners of the gamut, too.
      if (i % 4 == 0) {
        for (double& component : color) component = component < 128 ? 0 : 255;
      }
      Color light{};
      for (size_t c = 0; c < 3; ++c) light[c] = light_of_srgb(color[c] / 255);
      const Color signal = signal_of(video.transfer, times(video.from_bt709, light));
      const Color found = converted(transform, yuv_codes(signal, 0.2627, 0.0593, 16));
      for (size_t c = 0; c < 3; ++c) worst = std::max(worst, std::abs(found[c] - color[c]));
    }
    EXPECT_LE(worst, 1.5) << video.name;
  }
}

TEST(ColorTransform, ClipsWhatIsBrighterThanReferenceWhite) {
  for (const Transfer transfer : {Transfer::kPq, Transfer::kHlg}) {
    VideoColors colors = yuv_colors(0.2627, 0.0593, YuvRange::kLimited, 10);
    colors.transfer = transfer;
    colors.primaries = kBt2020;
    const ColorTransform transform(colors);
    for (const double light : {1.0, 2.0, 4.0}) {
      const Color signal = signal_of(transfer, {light, light, light});
      const Color found = converted(transform, yuv_codes(signal, 0.2627, 0.0593, 10));
      for (const double component : found) EXPECT_NEAR(component, 255, 1);
    }
    // Codes above white and below black are legal.
    for (const double component : converted(transform, {1023, 512, 512})) {
      EXPECT_EQ(component, 255);
    }
    for (const double component : converted(transform, {0, 512, 512})) EXPECT_EQ(component, 0);
  }
}

TEST(ColorTransform, AdaptsAnotherWhite) {
  VideoColors colors = yuv_colors(0.2126, 0.0722, YuvRange::kFull, 8);
  colors.primaries = kDciP3;
  for (const double component : converted(ColorTransform(colors), {255, 128, 128})) {
    EXPECT_NEAR(component, 255, 0.6);
  }
  for (const double component : converted(ColorTransform(colors), {100, 128, 128})) {
    EXPECT_NEAR(component, 100, 0.6);
  }
}

TEST(ColorTransform, TakesRgbInAnyOrderOfPlanes) {
  VideoColors colors = rgb_colors({1, 2, 0}, 10);
  const Color found = converted(ColorTransform(colors), {512, 0, 1023});  // green, blue, red
  EXPECT_NEAR(found[0], 255, 0.1);
  EXPECT_NEAR(found[1], 512 * 255 / 1023.0, 0.1);
  EXPECT_EQ(found[2], 0);
}

TEST(ColorTransform, GivesTheRoundedYuvOfItsColours) {
  const ColorTransform same(rgb_colors({0, 1, 2}, 8));
  for (uint32_t code = 0; code < 1U << 24; code += 4099) {
    std::array<uint16_t, 3> rgb{};
    for (size_t i = 0; i < 3; ++i) rgb[i] = static_cast<uint16_t>(code >> (8 * i) & 255);
    const SampleRows source{{&rgb[0], &rgb[1], &rgb[2]}};
    std::array<uint16_t, 3> levels{};
    same.convert(source, RgbRows{{&levels[0], &levels[1], &levels[2]}}, 1);
    std::array<uint8_t, 3> found{};
    same.convert(source, YuvRows{{&found[0], &found[1], &found[2]}}, 1);
    Color exact{};
    for (size_t i = 0; i < 3; ++i) exact[i] = levels[i] / 64.0 / 255;
    const double luma = 0.2126 * exact[0] + 0.7152 * exact[1] + 0.0722 * exact[2];
    EXPECT_NEAR(found[0], 219 * luma + 16, 0.51);
    EXPECT_NEAR(found[1], 224 * (exact[2] - luma) / 1.8556 + 128, 0.51);
    EXPECT_NEAR(found[2], 224 * (exact[0] - luma) / 1.5748 + 128, 0.51);
  }
}

// ---- The kernels --------------------------------------------------------------------------------

// The planes that `convert` writes, with an unwritten sample after each.
template <class Rows, class Sample, class Convert>
std::array<std::vector<Sample>, 3> written(int count, const Convert& convert) {
  std::array<std::vector<Sample>, 3> planes;
  for (auto& plane : planes) plane.assign(static_cast<size_t>(count) + 1, 0xA5);
  convert(Rows{{planes[0].data(), planes[1].data(), planes[2].data()}});
  for (const auto& plane : planes) EXPECT_EQ(plane.back(), 0xA5);
  return planes;
}

template <class Rows, class Sample>
void expect_same_on_every_target(const ColorTransform& transform, const SampleRows& source,
                                 int count) {
  const auto expected = written<Rows, Sample>(
      count, [&](const Rows& out) { transform.convert_scalar(source, out, count); });
  for (const int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    const auto found = written<Rows, Sample>(
        count, [&](const Rows& out) { transform.convert(source, out, count); });
    EXPECT_EQ(found, expected) << hwy::TargetName(target) << ' ' << count;
  }
  hwy::SetSupportedTargetsForTest(0);
}

TEST(ColorTransform, IsTheSameOnEveryTarget) {
  std::mt19937 random(2);
  for (const Transfer transfer : {Transfer::kSrgb, Transfer::kPq, Transfer::kHlg}) {
    VideoColors colors = yuv_colors(0.2627, 0.0593, YuvRange::kLimited, 10);
    colors.transfer = transfer;
    colors.primaries = kBt2020;
    const ColorTransform transform(colors);
    for (const int count : {1, 3, 4, 7, 8, 15, 16, 17, 33, 1000}) {
      std::array<std::vector<uint16_t>, 3> samples;
      for (auto& plane : samples) {
        for (int i = 0; i < count; ++i) plane.push_back(static_cast<uint16_t>(random() & 1023));
      }
      const SampleRows source{{samples[0].data(), samples[1].data(), samples[2].data()}};
      expect_same_on_every_target<RgbRows, uint16_t>(transform, source, count);
      expect_same_on_every_target<YuvRows, uint8_t>(transform, source, count);
    }
  }
}

}  // namespace
}  // namespace layercast::frame
