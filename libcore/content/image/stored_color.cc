#include "content/image/stored_color.h"

#include "content/image/lcms_profile.h"
#include "content/image/tone_map.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <vector>

namespace layercast::content {
namespace {

// ---- Transfer functions -------------------------------------------------------------------------

// Source: SMPTE 240M, as in ITU-T H.273, table 3.
double light_of_smpte240(double value) {
  return value < 0.0913 ? value / 4 : std::pow((value + 0.1115) / 1.1115, 1 / 0.45);
}

// Source: SMPTE ST 428-1, as in ITU-T H.273, table 3.
double light_of_st428(double value) { return std::pow(value, 2.6) * 52.37 / 48; }

LcmsCurve sampled_curve(double (*light_of)(double)) {
  constexpr size_t kSamples = 4096;
  std::vector<float> light(kSamples);
  for (size_t i = 0; i < kSamples; ++i) {
    light[i] = static_cast<float>(light_of(static_cast<double>(i) / (kSamples - 1)));
  }
  return LcmsCurve(cmsBuildTabulatedToneCurveFloat(nullptr, kSamples, light.data()));
}

// Source: IEC 61966-2-1.
LcmsCurve srgb_curve() {
  const std::array<double, 5> parameters = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
  constexpr int kWithLinearPart = 4;
  return LcmsCurve(cmsBuildParametricToneCurve(nullptr, kWithLinearPart, parameters.data()));
}

LcmsCurve curve_of(const StoredColor& color) {
  switch (color.transfer) {
    case Transfer::kSrgb:
      return srgb_curve();
    case Transfer::kGamma:
      return LcmsCurve(cmsBuildGamma(nullptr, color.gamma));
    case Transfer::kLinear:
      return LcmsCurve(cmsBuildGamma(nullptr, 1));
    case Transfer::kSmpte240:
      return sampled_curve(light_of_smpte240);
    case Transfer::kSt428:
      return sampled_curve(light_of_st428);
    case Transfer::kPq:
    case Transfer::kHlg:
      break;
  }
  return nullptr;
}

// ---- Conversion by Little CMS -------------------------------------------------------------------

cmsUInt32Number format_of(int bands, int bytes_per_value) {
  const auto number = [](int value) { return static_cast<cmsUInt32Number>(value); };
  return COLORSPACE_SH(static_cast<cmsUInt32Number>(PT_RGB)) | CHANNELS_SH(3U) |
         EXTRA_SH(number(bands - 3)) | BYTES_SH(number(bytes_per_value));
}

struct TransformDelete {
  void operator()(void* transform) const { cmsDeleteTransform(transform); }
};
using Transform = std::unique_ptr<void, TransformDelete>;

class LcmsConversion final : public ToSrgb::Converter {
 public:
  explicit LcmsConversion(Transform transform) : transform_(std::move(transform)) {}

  void convert(const void* from, uint8_t* to, int pixels) const override {
    cmsDoTransform(transform_.get(), from, to, static_cast<cmsUInt32Number>(pixels));
  }

 private:
  Transform transform_;
};

std::unique_ptr<const ToSrgb::Converter> lcms_conversion(const StoredColor& color,
                                                         PixelLayout layout) {
  const LcmsProfile from = lcms_profile(color, curve_of(color));
  const LcmsProfile to = lcms_profile({}, srgb_curve());
  if (from == nullptr || to == nullptr) return nullptr;
  // Without a cache, threads may share a transform. The optimisation for words interpolates in a
  // table that is several levels off in dark tones.
  const cmsUInt32Number flags = cmsFLAGS_NOCACHE | cmsFLAGS_COPY_ALPHA |
                                (layout.bytes_per_value == 1 ? 0U : cmsFLAGS_NOOPTIMIZE);
  Transform transform(
      cmsCreateTransform(from.get(), format_of(layout.bands, layout.bytes_per_value), to.get(),
                         format_of(layout.bands, 1), INTENT_RELATIVE_COLORIMETRIC, flags));
  if (transform == nullptr) return nullptr;
  return std::make_unique<const LcmsConversion>(std::move(transform));
}

// ---- Code points --------------------------------------------------------------------------------

constexpr int kUnspecified = 2;

struct Primaries {
  int code;
  Chromaticity white, red, green, blue;
};

constexpr Chromaticity kD65{0.3127, 0.3290};
constexpr Chromaticity kC{0.310, 0.316};

// Source: ITU-T H.273, table 2.
constexpr std::array<Primaries, 11> kPrimaries = {{
    {1, kD65, {0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}},
    {4, kC, {0.67, 0.33}, {0.21, 0.71}, {0.14, 0.08}},
    {5, kD65, {0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}},
    {6, kD65, {0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}},
    {7, kD65, {0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}},
    {8, kC, {0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}},
    {9, kD65, {0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}},
    {10, {1.0 / 3, 1.0 / 3}, {1, 0}, {0, 1}, {0, 0}},
    {11, {0.314, 0.351}, {0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}},
    {12, kD65, {0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}},
    {22, kD65, {0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}},
}};

bool set_primaries(int code, StoredColor& color) {
  if (code == kUnspecified) return true;
  for (const Primaries& each : kPrimaries) {
    if (each.code != code) continue;
    color.white = each.white;
    color.red = each.red;
    color.green = each.green;
    color.blue = each.blue;
    return true;
  }
  return false;
}

void set_gamma(double exponent, StoredColor& color) {
  color.transfer = Transfer::kGamma;
  color.gamma = exponent;
}

// Source: ITU-T H.273, table 3.
bool set_transfer(int code, CodePointRules rules, StoredColor& color) {
  switch (code) {
    case 1:   // BT.709
    case 6:   // BT.601
    case 11:  // xvYCC
    case 14:  // BT.2020, 10 bits
    case 15:  // BT.2020, 12 bits
      if (rules == CodePointRules::kPng) set_gamma(2.4, color);
      return true;
    case kUnspecified:
    case 13:  // sRGB
      return true;
    case 4:
    case 5:
      set_gamma(code == 4 ? 2.2 : 2.8, color);
      return true;
    case 7:
      color.transfer = Transfer::kSmpte240;
      return true;
    case 8:
      color.transfer = Transfer::kLinear;
      return true;
    case 16:
      color.transfer = Transfer::kPq;
      return true;
    case 17:
      color.transfer = Transfer::kSt428;
      return true;
    case 18:
      color.transfer = Transfer::kHlg;
      return true;
    default:
      return false;
  }
}

}  // namespace

bool is_srgb(const StoredColor& color) {
  const auto near = [](Chromaticity a, Chromaticity b) {
    return std::abs(a.x - b.x) < 0.0005 && std::abs(a.y - b.y) < 0.0005;
  };
  const StoredColor srgb;
  return color.transfer == Transfer::kSrgb && near(color.white, srgb.white) &&
         near(color.red, srgb.red) && near(color.green, srgb.green) && near(color.blue, srgb.blue);
}

std::optional<StoredColor> color_of_code_points(CodePoints points, CodePointRules rules) {
  const bool is_unspecified = points.primaries == kUnspecified || points.transfer == kUnspecified;
  if (is_unspecified && rules == CodePointRules::kPng) return std::nullopt;
  StoredColor color;
  if (!set_primaries(points.primaries, color)) return std::nullopt;
  if (!set_transfer(points.transfer, rules, color)) return std::nullopt;
  return color;
}

std::optional<ToSrgb> ToSrgb::create(const StoredColor& color, PixelLayout layout) {
  const bool is_hdr = color.transfer == Transfer::kPq || color.transfer == Transfer::kHlg;
  auto converter = is_hdr ? tone_mapping(color, layout) : lcms_conversion(color, layout);
  if (converter == nullptr) return std::nullopt;
  return ToSrgb(std::move(converter));
}

}  // namespace layercast::content
