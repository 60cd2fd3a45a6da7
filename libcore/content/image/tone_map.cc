#include "content/image/tone_map.h"

#include "content/image/lcms_profile.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

constexpr double kWhiteNits = 203;   // ITU-R BT.2408
constexpr double kUsualNits = 1000;  // the peak of HLG's nominal display
constexpr StoredColor kBt2020{
    {0.3127, 0.3290}, {0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, Transfer::kLinear};

using Light = std::array<double, 3>;

// ---- Transfer functions -------------------------------------------------------------------------

double nits_of_pq(double value) {
  constexpr double kM1 = 2610.0 / 16384;
  constexpr double kM2 = 2523.0 / 4096 * 128;
  constexpr double kC1 = 3424.0 / 4096;
  constexpr double kC2 = 2413.0 / 4096 * 32;
  constexpr double kC3 = 2392.0 / 4096 * 32;
  const double root = std::pow(value, 1 / kM2);
  return 10'000 * std::pow(std::max(root - kC1, 0.0) / (kC2 - kC3 * root), 1 / kM1);
}

// Scene light, 0..1.
double light_of_hlg(double value) {
  constexpr double kA = 0.17883277;
  constexpr double kB = 1 - 4 * kA;
  const double c = 0.5 - kA * std::log(4 * kA);
  return value <= 0.5 ? value * value / 3 : (std::exp((value - c) / kA) + kB) / 12;
}

uint8_t srgb_of_light(double light) {
  light = std::clamp(light, 0.0, 1.0);
  const double value =
      light <= 0.0031308 ? 12.92 * light : 1.055 * std::pow(light, 1 / 2.4) - 0.055;
  return static_cast<uint8_t>(value * 255 + 0.5);
}

// ---- Tone curve ---------------------------------------------------------------------------------

/// Maps the largest component, relative to white, to 0..1: a line up to white, then a quadratic
/// Bézier curve to the peak.
class ToneCurve {
 public:
  explicit ToneCurve(double peak_nits)
      : peak_(std::max(peak_nits, kWhiteNits) / kWhiteNits),
        white_(1 - 0.5 * std::min(std::log2(peak_) / std::log2(kUsualNits / kWhiteNits), 1.0)),
        middle_x_(1 - kKappa + kKappa / white_),
        middle_y_((1 - kKappa) * white_ + kKappa) {}

  double operator()(double light) const {
    if (light <= 1) return light * white_;
    if (light >= peak_) return 1;
    // light = a t² + b t + 1
    const double a = 1 - 2 * middle_x_ + peak_;
    const double b = 2 * (middle_x_ - 1);
    const double root = std::sqrt(b * b + 4 * a * (light - 1));
    const double t = 2 * (light - 1) / (b + root);
    return white_ * (1 - t) * (1 - t) + 2 * middle_y_ * t * (1 - t) + t * t;
  }

 private:
  static constexpr double kKappa = 0.65;

  double peak_;
  double white_;
  double middle_x_;
  double middle_y_;
};

// ---- Pixels -------------------------------------------------------------------------------------

Light product(const Matrix3& matrix, const Light& light) {
  Light result;
  for (size_t i = 0; i < 3; ++i) {
    result[i] = matrix[i][0] * light[0] + matrix[i][1] * light[1] + matrix[i][2] * light[2];
  }
  return result;
}

class ToneMapping final : public ToSrgb::Converter {
 public:
  ToneMapping(const StoredColor& color, PixelLayout layout, const Matrix3& to_bt2020,
              const Matrix3& to_srgb)
      : layout_(layout),
        is_hlg_(color.transfer == Transfer::kHlg),
        to_bt2020_(to_bt2020),
        to_srgb_(to_srgb),
        curve_(is_hlg_ ? kUsualNits : color.peak_nits),
        light_(layout.bytes_per_value == 1 ? 256 : 65536) {
    for (size_t i = 0; i < light_.size(); ++i) {
      const double value = static_cast<double>(i) / static_cast<double>(light_.size() - 1);
      light_[i] = is_hlg_ ? light_of_hlg(value) : nits_of_pq(value) / kWhiteNits;
    }
  }

  void convert(const void* from, uint8_t* to, int pixels) const override {
    if (layout_.bytes_per_value == 1) {
      convert_values(static_cast<const uint8_t*>(from), to, pixels);
    } else {
      convert_values(static_cast<const uint16_t*>(from), to, pixels);
    }
  }

 private:
  template <class Value>
  void convert_values(const Value* from, uint8_t* to, int pixels) const {
    for (int i = 0; i < pixels; ++i, from += layout_.bands, to += layout_.bands) {
      const Light light = mapped({light_[from[0]], light_[from[1]], light_[from[2]]});
      for (size_t k = 0; k < 3; ++k) to[k] = srgb_of_light(light[k]);
      if (layout_.bands == 4) {
        to[3] = static_cast<uint8_t>(sizeof(Value) == 1 ? from[3] : (from[3] + 128U) / 257U);
      }
    }
  }

  Light mapped(const Light& stored) const {
    Light light = product(to_bt2020_, stored);
    double scale = 1;
    if (is_hlg_) {
      const double luminance = 0.2627 * light[0] + 0.6780 * light[1] + 0.0593 * light[2];
      scale = kUsualNits / kWhiteNits * std::pow(std::max(luminance, 0.0), 0.2);
    }
    const double largest = scale * std::max({light[0], light[1], light[2]});
    const double gain = largest > 0 ? scale * curve_(largest) / largest : scale;
    for (double& component : light) component *= gain;
    return product(to_srgb_, light);
  }

  PixelLayout layout_;
  bool is_hlg_;
  Matrix3 to_bt2020_;
  Matrix3 to_srgb_;
  ToneCurve curve_;
  std::vector<double> light_;  // of each stored value
};

}  // namespace

std::unique_ptr<const ToSrgb::Converter> tone_mapping(const StoredColor& color,
                                                      PixelLayout layout) {
  const auto to_bt2020 = matrix_between(color, kBt2020);
  const auto to_srgb = matrix_between(kBt2020, {});
  if (!to_bt2020 || !to_srgb) return nullptr;
  return std::make_unique<const ToneMapping>(color, layout, *to_bt2020, *to_srgb);
}

}  // namespace layercast::content
