#include "frame/color_transform.h"

#include "frame/color_kernels.h"

#include <algorithm>
#include <cmath>

namespace layercast::frame {
namespace {

using Vector3 = std::array<double, 3>;
using Tables = ColorTransform::Tables;

constexpr double kReferenceWhite = 203;  // cd/m², BT.2408-7, table 1
constexpr double kPqPeak = 10'000;
constexpr double kHlgPeak = 1'000;
constexpr double kHlgGamma = 1.2;  // for this peak

// ---- Matrices -----------------------------------------------------------------------------------

Matrix3 product(const Matrix3& a, const Matrix3& b) {
  Matrix3 result{};
  for (size_t y = 0; y < 3; ++y) {
    for (size_t x = 0; x < 3; ++x) {
      for (size_t i = 0; i < 3; ++i) result[y][x] += a[y][i] * b[i][x];
    }
  }
  return result;
}

Vector3 product(const Matrix3& a, const Vector3& b) {
  Vector3 result{};
  for (size_t y = 0; y < 3; ++y) result[y] = a[y][0] * b[0] + a[y][1] * b[1] + a[y][2] * b[2];
  return result;
}

Matrix3 diagonal(const Vector3& d) { return {{{d[0], 0, 0}, {0, d[1], 0}, {0, 0, d[2]}}}; }

Matrix3 inverse(const Matrix3& m) {
  const auto minor = [&m](size_t y, size_t x) {
    const size_t top = y == 0 ? 1 : 0;
    const size_t bottom = y == 2 ? 1 : 2;
    const size_t left = x == 0 ? 1 : 0;
    const size_t right = x == 2 ? 1 : 2;
    const double value = m[top][left] * m[bottom][right] - m[top][right] * m[bottom][left];
    return (y + x) % 2 == 0 ? value : -value;
  };
  const double determinant = m[0][0] * minor(0, 0) + m[0][1] * minor(0, 1) + m[0][2] * minor(0, 2);
  Matrix3 result{};
  for (size_t y = 0; y < 3; ++y) {
    for (size_t x = 0; x < 3; ++x) result[y][x] = minor(x, y) / determinant;
  }
  return result;
}

Vector3 xyz_of(const base::PointF& xy) { return {xy.x / xy.y, 1, (1 - xy.x - xy.y) / xy.y}; }

// Source: SMPTE RP 177, clause 3.3.
Matrix3 xyz_from_rgb(const Primaries& p) {
  const Vector3 red = xyz_of(p.red);
  const Vector3 green = xyz_of(p.green);
  const Vector3 blue = xyz_of(p.blue);
  const Matrix3 columns = {
      {{red[0], green[0], blue[0]}, {red[1], green[1], blue[1]}, {red[2], green[2], blue[2]}}};
  return product(columns, diagonal(product(inverse(columns), xyz_of(p.white))));
}

// Source: Bradford, as in ICC.1:2022, annex E.
Matrix3 adaptation(const base::PointF& from, const base::PointF& to) {
  if (from == to) return diagonal({1, 1, 1});
  constexpr Matrix3 kCones = {
      {{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}};
  const Vector3 source = product(kCones, xyz_of(from));
  const Vector3 target = product(kCones, xyz_of(to));
  const Matrix3 scale =
      diagonal({target[0] / source[0], target[1] / source[1], target[2] / source[2]});
  return product(inverse(kCones), product(scale, kCones));
}

std::array<std::array<float, 3>, 3> in_float(const Matrix3& matrix) {
  std::array<std::array<float, 3>, 3> result{};
  for (size_t y = 0; y < 3; ++y) {
    for (size_t x = 0; x < 3; ++x) result[y][x] = static_cast<float>(matrix[y][x]);
  }
  return result;
}

// ---- Curves -------------------------------------------------------------------------------------

// Source: IEC 61966-2-1.
double light_of_srgb(double signal) {
  return signal <= 0.04045 ? signal / 12.92 : std::pow((signal + 0.055) / 1.055, 2.4);
}
double srgb_of_light(double light) {
  return light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
}

// Source: BT.2100-2, table 4, the EOTF. 1 is kReferenceWhite.
double light_of_pq(double signal) {
  const double power = std::pow(signal, 1 / 78.84375);
  const double light = std::max(0.0, power - 0.8359375) / (18.8515625 - 18.6875 * power);
  return std::pow(light, 1 / 0.1593017578125) * kPqPeak / kReferenceWhite;
}

// Source: BT.2100-2, table 5, the inverse OETF. 1 is the peak of the scene.
double light_of_hlg(double signal) {
  constexpr double kA = 0.17883277;
  constexpr double kB = 0.28466892;
  constexpr double kC = 0.55991073;
  return signal <= 0.5 ? signal * signal / 3 : (std::exp((signal - kC) / kA) + kB) / 12;
}

double light_of(Transfer transfer, double signal) {
  switch (transfer) {
    case Transfer::kSrgb:
      return light_of_srgb(signal);
    case Transfer::kGamma22:
      return std::pow(signal, 2.2);
    case Transfer::kGamma26:
      return std::pow(signal, 2.6) * 52.37 / 48;
    case Transfer::kGamma28:
      return std::pow(signal, 2.8);
    case Transfer::kLinear:
      return signal;
    case Transfer::kPq:
      return light_of_pq(signal);
    case Transfer::kHlg:
      return light_of_hlg(signal);
  }
  return signal;
}

// ---- One pixel ----------------------------------------------------------------------------------

// The operations and their order are those of the kernel.

template <int kSteps>
size_t step_of(float part) {
  const float inside = std::min(std::max(part, 0.0F), 1.0F);
  return static_cast<size_t>(inside * float{kSteps} + 0.5F);
}

float weighted(const std::array<float, 3>& weights, const std::array<float, 3>& values) {
  return weights[0] * values[0] + weights[1] * values[1] + weights[2] * values[2];
}

std::array<int32_t, 3> levels_of(const Tables& tables, const std::array<uint16_t, 3>& samples) {
  std::array<float, 3> centred{};
  for (size_t i = 0; i < 3; ++i) centred[i] = static_cast<float>(samples[i]) - tables.offsets[i];
  std::array<float, 3> light{};
  for (size_t i = 0; i < 3; ++i) {
    light[i] = tables.light[step_of<ColorTransform::kSignalSteps>(
        weighted(tables.rgb_from_samples[i], centred))];
  }
  float factor = 1;
  if (tables.has_ootf) {
    factor =
        tables.ootf[step_of<ColorTransform::kSteps>(std::sqrt(weighted(tables.luminance, light)))];
  }
  std::array<int32_t, 3> levels{};
  for (size_t i = 0; i < 3; ++i) {
    const float converted = weighted(tables.to_bt709[i], light) * factor;
    levels[i] =
        tables.levels[step_of<ColorTransform::kSteps>(std::sqrt(std::max(converted, 0.0F)))];
  }
  return levels;
}

// ---- Y'CbCr of the canvas -----------------------------------------------------------------------

void set_yuv_weights(Tables& tables) {
  constexpr double kUnit = (1 << ColorTransform::kYuvShift) / double{kLevelParts};
  constexpr double kRed = 0.2126;
  constexpr double kBlue = 0.0722;
  constexpr double kGreen = 1 - kRed - kBlue;
  constexpr double kLuma = 219.0 / 255;
  constexpr double kFromBlue = 224.0 / 255 / (2 * (1 - kBlue));
  constexpr double kFromRed = 224.0 / 255 / (2 * (1 - kRed));
  const Matrix3 exact = {{{kLuma * kRed, kLuma * kGreen, kLuma * kBlue},
                          {-kFromBlue * kRed, -kFromBlue * kGreen, kFromBlue * (1 - kBlue)},
                          {kFromRed * (1 - kRed), -kFromRed * kGreen, -kFromRed * kBlue}}};
  for (size_t y = 0; y < 3; ++y) {
    for (size_t x = 0; x < 3; ++x) {
      tables.yuv_weights[y][x] = static_cast<int32_t>(std::lround(exact[y][x] * kUnit));
    }
    constexpr int32_t kHalf = 1 << (ColorTransform::kYuvShift - 1);
    tables.yuv_addends[y] = ((y == 0 ? 16 : 128) << ColorTransform::kYuvShift) + kHalf;
  }
}

}  // namespace

VideoColors yuv_colors(double red_weight, double blue_weight, YuvRange range, int bits) {
  const double unit = std::ldexp(1.0, bits - 8);
  const double most = std::ldexp(1.0, bits) - 1;
  const bool is_limited = range == YuvRange::kLimited;
  const double luma = is_limited ? 1 / (219 * unit) : 1 / most;
  const double chroma = is_limited ? 1 / (224 * unit) : 1 / most;
  const double green_weight = 1 - red_weight - blue_weight;
  const double red = 2 * (1 - red_weight) * chroma;
  const double blue = 2 * (1 - blue_weight) * chroma;
  VideoColors colors;
  colors.offsets = {is_limited ? 16 * unit : 0, 128 * unit, 128 * unit};
  colors.rgb_from_samples = {
      {{luma, 0, red},
       {luma, -blue * blue_weight / green_weight, -red * red_weight / green_weight},
       {luma, blue, 0}}};
  return colors;
}

VideoColors rgb_colors(const std::array<int, 3>& planes, int bits) {
  VideoColors colors;
  const double most = std::ldexp(1.0, bits) - 1;
  for (size_t i = 0; i < 3; ++i) {
    colors.rgb_from_samples[static_cast<size_t>(planes[i])][i] = 1 / most;
  }
  return colors;
}

ColorTransform::ColorTransform(const VideoColors& source) {
  set_yuv_weights(tables_);
  tables_.rgb_from_samples = in_float(source.rgb_from_samples);
  for (size_t i = 0; i < 3; ++i) tables_.offsets[i] = static_cast<float>(source.offsets[i]);
  const Matrix3 xyz = xyz_from_rgb(source.primaries);
  tables_.to_bt709 =
      in_float(product(inverse(xyz_from_rgb(kBt709Primaries)),
                       product(adaptation(source.primaries.white, kBt709Primaries.white), xyz)));
  tables_.has_ootf = source.transfer == Transfer::kHlg;
  for (size_t i = 0; i < 3; ++i) tables_.luminance[i] = static_cast<float>(xyz[1][i]);
  for (size_t i = 0; i <= kSignalSteps; ++i) {
    const double signal = static_cast<double>(i) / kSignalSteps;
    tables_.light[i] = static_cast<float>(light_of(source.transfer, signal));
  }
  for (size_t i = 0; i <= kSteps; ++i) {
    const double part = static_cast<double>(i) / kSteps;
    const double square = part * part;
    tables_.ootf[i] =
        static_cast<float>(std::pow(square, kHlgGamma - 1) * kHlgPeak / kReferenceWhite);
    tables_.levels[i] = static_cast<int32_t>(srgb_of_light(square) * 255 * kLevelParts + 0.5);
  }
}

void ColorTransform::convert(const SampleRows& source, const RgbRows& target, int count) const {
  kernels::transform_colors(tables_, source, target, count);
}

void ColorTransform::convert(const SampleRows& source, const YuvRows& target, int count) const {
  kernels::transform_colors(tables_, source, target, count);
}

void ColorTransform::convert_scalar(const SampleRows& source, const RgbRows& target,
                                    int count) const {
  for (int x = 0; x < count; ++x) {
    const auto levels =
        levels_of(tables_, {source.samples[0][x], source.samples[1][x], source.samples[2][x]});
    for (size_t i = 0; i < 3; ++i) target.levels[i][x] = static_cast<uint16_t>(levels[i]);
  }
}

void ColorTransform::convert_scalar(const SampleRows& source, const YuvRows& target,
                                    int count) const {
  for (int x = 0; x < count; ++x) {
    const auto levels =
        levels_of(tables_, {source.samples[0][x], source.samples[1][x], source.samples[2][x]});
    for (size_t i = 0; i < 3; ++i) {
      const auto& weights = tables_.yuv_weights[i];
      const int32_t sum = weights[0] * levels[0] + weights[1] * levels[1] + weights[2] * levels[2];
      target.samples[i][x] = static_cast<uint8_t>((sum + tables_.yuv_addends[i]) >> kYuvShift);
    }
  }
}

}  // namespace layercast::frame
