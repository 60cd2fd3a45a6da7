#include "compose/blend.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>

namespace layercast::compose {
namespace {

using base::BlendMode;
using frame::over;
using frame::PremulRgba8;

// One colour component of source and backdrop, premultiplied: 0 <= color <= alpha <= 255.
struct Component {
  int64_t source;
  int64_t source_alpha;
  int64_t backdrop;
  int64_t backdrop_alpha;
};

// A fraction, in which αs·αb·B(Cb, Cs) is in units of 1/255².
struct Fraction {
  int64_t numerator;
  int64_t denominator = 1;
};

Fraction hard_light(const Component& c) {
  if (2 * c.source <= c.source_alpha) return {2 * c.source * c.backdrop};
  return {c.source_alpha * c.backdrop_alpha -
          2 * (c.source_alpha - c.source) * (c.backdrop_alpha - c.backdrop)};
}

Fraction color_dodge(const Component& c) {
  const int64_t full = c.source_alpha * c.backdrop_alpha;
  if (c.backdrop == 0) return {0};
  const int64_t headroom = c.source_alpha - c.source;
  const int64_t lifted = c.backdrop * c.source_alpha * c.source_alpha;
  if (lifted >= full * headroom) return {full};
  return {lifted, headroom};
}

Fraction color_burn(const Component& c) {
  const int64_t full = c.source_alpha * c.backdrop_alpha;
  if (c.backdrop == c.backdrop_alpha) return {full};
  const int64_t sunk = (c.backdrop_alpha - c.backdrop) * c.source_alpha * c.source_alpha;
  if (sunk >= full * c.source) return {0};
  return {full * c.source - sunk, c.source};
}

// αs·αb·B for the modes whose result is a fraction of integers.
Fraction blended_fraction(BlendMode mode, const Component& c) {
  const int64_t source_part = c.source * c.backdrop_alpha;
  const int64_t backdrop_part = c.backdrop * c.source_alpha;
  const int64_t product = c.source * c.backdrop;
  switch (mode) {
    case BlendMode::kMultiply:
      return {product};
    case BlendMode::kScreen:
      return {source_part + backdrop_part - product};
    case BlendMode::kOverlay:
      return hard_light({c.backdrop, c.backdrop_alpha, c.source, c.source_alpha});
    case BlendMode::kDarken:
      return {std::min(source_part, backdrop_part)};
    case BlendMode::kLighten:
      return {std::max(source_part, backdrop_part)};
    case BlendMode::kColorDodge:
      return color_dodge(c);
    case BlendMode::kColorBurn:
      return color_burn(c);
    case BlendMode::kHardLight:
      return hard_light(c);
    case BlendMode::kDifference:
      return {std::abs(source_part - backdrop_part)};
    case BlendMode::kExclusion:
      return {source_part + backdrop_part - 2 * product};
    default:
      return {source_part};
  }
}

// The parts of source and backdrop that the other one does not cover, in units of 1/255².
int64_t uncovered(const Component& c) {
  return (255 - c.backdrop_alpha) * c.source + (255 - c.source_alpha) * c.backdrop;
}

uint8_t composited(const Component& c, Fraction blend) {
  if (blend.denominator == 1) {
    return static_cast<uint8_t>(
        frame::divided_by_255(static_cast<uint32_t>(uncovered(c) + blend.numerator)));
  }
  const int64_t numerator = uncovered(c) * blend.denominator + blend.numerator;
  const int64_t denominator = 255 * blend.denominator;
  return static_cast<uint8_t>((2 * numerator + denominator) / (2 * denominator));
}

// `blend` is B itself, 0..1.
uint8_t composited(const Component& c, double blend) {
  const double covered = static_cast<double>(c.source_alpha * c.backdrop_alpha) * blend;
  const double exact = (static_cast<double>(uncovered(c)) + covered) / 255.0;
  return static_cast<uint8_t>(std::clamp(std::floor(exact + 0.5), 0.0, 255.0));
}

double soft_light(double backdrop, double source) {
  if (source <= 0.5) return backdrop - (1 - 2 * source) * backdrop * (1 - backdrop);
  const double lifted =
      backdrop <= 0.25 ? ((16 * backdrop - 12) * backdrop + 4) * backdrop : std::sqrt(backdrop);
  return backdrop + (2 * source - 1) * (lifted - backdrop);
}

using Rgb = std::array<double, 3>;

double luminosity(const Rgb& c) { return 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2]; }

double saturation(const Rgb& c) {
  return std::max({c[0], c[1], c[2]}) - std::min({c[0], c[1], c[2]});
}

Rgb clip_color(Rgb c) {
  const double light = luminosity(c);
  const double lowest = std::min({c[0], c[1], c[2]});
  const double highest = std::max({c[0], c[1], c[2]});
  for (double& each : c) {
    if (lowest < 0) each = light + (each - light) * light / (light - lowest);
  }
  for (double& each : c) {
    if (highest > 1) each = light + (each - light) * (1 - light) / (highest - light);
  }
  return c;
}

Rgb with_luminosity(Rgb c, double light) {
  const double shift = light - luminosity(c);
  for (double& each : c) each += shift;
  return clip_color(c);
}

Rgb with_saturation(const Rgb& c, double amount) {
  const double lowest = std::min({c[0], c[1], c[2]});
  const double range = saturation(c);
  Rgb out{};
  if (range <= 0) return out;
  for (size_t i = 0; i < 3; ++i) out[i] = (c[i] - lowest) * amount / range;
  return out;
}

Rgb non_separable(BlendMode mode, const Rgb& backdrop, const Rgb& source) {
  switch (mode) {
    case BlendMode::kHue:
      return with_luminosity(with_saturation(source, saturation(backdrop)), luminosity(backdrop));
    case BlendMode::kSaturation:
      return with_luminosity(with_saturation(backdrop, saturation(source)), luminosity(backdrop));
    case BlendMode::kColor:
      return with_luminosity(source, luminosity(backdrop));
    default:
      return with_luminosity(backdrop, luminosity(source));
  }
}

Rgb straight(PremulRgba8 pixel) {
  const double alpha = std::max<double>(pixel.alpha, 1);
  return {pixel.red / alpha, pixel.green / alpha, pixel.blue / alpha};
}

// B for each component of the modes that are evaluated in doubles.
Rgb blended_real(BlendMode mode, PremulRgba8 source, PremulRgba8 backdrop) {
  const Rgb front = straight(source);
  const Rgb back = straight(backdrop);
  if (mode != BlendMode::kSoftLight) return non_separable(mode, back, front);
  return {soft_light(back[0], front[0]), soft_light(back[1], front[1]),
          soft_light(back[2], front[2])};
}

}  // namespace

PremulRgba8 blended(BlendMode mode, PremulRgba8 source, PremulRgba8 backdrop) {
  if (mode == BlendMode::kNormal) return over(source, backdrop);
  const Component red{source.red, source.alpha, backdrop.red, backdrop.alpha};
  const Component green{source.green, source.alpha, backdrop.green, backdrop.alpha};
  const Component blue{source.blue, source.alpha, backdrop.blue, backdrop.alpha};
  const uint8_t alpha = over(source, backdrop).alpha;
  if (mode == BlendMode::kSoftLight || mode >= BlendMode::kHue) {
    const Rgb blend = blended_real(mode, source, backdrop);
    return {composited(red, blend[0]), composited(green, blend[1]), composited(blue, blend[2]),
            alpha};
  }
  return {composited(red, blended_fraction(mode, red)),
          composited(green, blended_fraction(mode, green)),
          composited(blue, blended_fraction(mode, blue)), alpha};
}

}  // namespace layercast::compose
