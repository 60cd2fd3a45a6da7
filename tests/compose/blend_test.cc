#include "compose/blend.h"

#include "base/blend_mode.h"
#include "frame/image.h"
#include "tests/compose/print_pixel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::compose {
namespace {

using base::BlendMode;
using frame::PremulRgba8;

uint8_t byte(int value) { return static_cast<uint8_t>(value); }

std::string_view name_of(BlendMode mode) {
  return base::kBlendModeNames.at(static_cast<size_t>(mode));
}

std::vector<BlendMode> all_modes() {
  std::vector<BlendMode> modes;
  for (size_t i = 0; i < base::kBlendModeNames.size(); ++i) {
    modes.push_back(static_cast<BlendMode>(i));
  }
  return modes;
}

/// --- The formulas of the W3C, as they are printed, in long double ---

using Real = long double;
using Rgb = std::array<Real, 3>;

Real hard_light(Real backdrop, Real source) {
  if (source <= 0.5L) return backdrop * (2 * source);
  const Real screened = 2 * source - 1;
  return backdrop + screened - backdrop * screened;
}

Real soft_light(Real backdrop, Real source) {
  if (source <= 0.5L) return backdrop - (1 - 2 * source) * backdrop * (1 - backdrop);
  const Real lifted =
      backdrop <= 0.25L ? ((16 * backdrop - 12) * backdrop + 4) * backdrop : std::sqrt(backdrop);
  return backdrop + (2 * source - 1) * (lifted - backdrop);
}

// B(Cb, Cs) of the separable modes: section 10.1.
Real separable(BlendMode mode, Real backdrop, Real source) {
  switch (mode) {
    case BlendMode::kNormal:
      return source;
    case BlendMode::kMultiply:
      return backdrop * source;
    case BlendMode::kScreen:
      return backdrop + source - backdrop * source;
    case BlendMode::kOverlay:
      return hard_light(source, backdrop);
    case BlendMode::kDarken:
      return std::min(backdrop, source);
    case BlendMode::kLighten:
      return std::max(backdrop, source);
    case BlendMode::kColorDodge:
      if (backdrop == 0) return 0;
      return source == 1 ? 1 : std::min(Real{1}, backdrop / (1 - source));
    case BlendMode::kColorBurn:
      if (backdrop == 1) return 1;
      return source == 0 ? 0 : 1 - std::min(Real{1}, (1 - backdrop) / source);
    case BlendMode::kHardLight:
      return hard_light(backdrop, source);
    case BlendMode::kSoftLight:
      return soft_light(backdrop, source);
    case BlendMode::kDifference:
      return std::fabs(backdrop - source);
    case BlendMode::kExclusion:
      return backdrop + source - 2 * backdrop * source;
    default:
      ADD_FAILURE() << name_of(mode) << " is not separable";
      return 0;
  }
}

Real lum(const Rgb& c) { return 0.3L * c[0] + 0.59L * c[1] + 0.11L * c[2]; }

Real sat(const Rgb& c) { return std::max({c[0], c[1], c[2]}) - std::min({c[0], c[1], c[2]}); }

Rgb clip_color(Rgb c) {
  const Real light = lum(c);
  const Real low = std::min({c[0], c[1], c[2]});
  const Real high = std::max({c[0], c[1], c[2]});
  // Long double rounds too: what is out of range by less is not out of range.
  constexpr Real kNothing = 1e-15L;
  for (Real& each : c) {
    if (low < -kNothing) each = light + (each - light) * light / (light - low);
    if (high > 1 + kNothing) each = light + (each - light) * (1 - light) / (high - light);
  }
  return c;
}

Rgb set_lum(Rgb c, Real light) {
  const Real shift = light - lum(c);
  for (Real& each : c) each += shift;
  return clip_color(c);
}

Rgb set_sat(Rgb c, Real amount) {
  std::array<size_t, 3> order{0, 1, 2};
  std::ranges::sort(order, {}, [&](size_t i) { return c.at(i); });
  Real& low = c.at(order[0]);
  Real& mid = c.at(order[1]);
  Real& high = c.at(order[2]);
  if (high > low) {
    mid = (mid - low) * amount / (high - low);
    high = amount;
  } else {
    mid = high = 0;
  }
  low = 0;
  return c;
}

// B(Cb, Cs) of every mode: sections 10.1 and 10.2.
Rgb formula(BlendMode mode, const Rgb& backdrop, const Rgb& source) {
  switch (mode) {
    case BlendMode::kHue:
      return set_lum(set_sat(source, sat(backdrop)), lum(backdrop));
    case BlendMode::kSaturation:
      return set_lum(set_sat(backdrop, sat(source)), lum(backdrop));
    case BlendMode::kColor:
      return set_lum(source, lum(backdrop));
    case BlendMode::kLuminosity:
      return set_lum(backdrop, lum(source));
    default:
      return {separable(mode, backdrop[0], source[0]), separable(mode, backdrop[1], source[1]),
              separable(mode, backdrop[2], source[2])};
  }
}

Rgb straight(PremulRgba8 pixel) {
  const Real alpha = std::max<Real>(pixel.alpha, 1);
  return {pixel.red / alpha, pixel.green / alpha, pixel.blue / alpha};
}

// What `source` over `backdrop` is before rounding, premultiplied, in levels of 255. Section 9.1.4.
std::array<Real, 4> exact(BlendMode mode, PremulRgba8 source, PremulRgba8 backdrop) {
  const Real source_alpha = source.alpha / 255.0L;
  const Real backdrop_alpha = backdrop.alpha / 255.0L;
  const Rgb front = straight(source);
  const Rgb back = straight(backdrop);
  const Rgb mixed = formula(mode, back, front);
  std::array<Real, 4> levels{};
  for (size_t i = 0; i < 3; ++i) {
    levels.at(i) = 255 * ((1 - backdrop_alpha) * source_alpha * front.at(i) +
                          (1 - source_alpha) * backdrop_alpha * back.at(i) +
                          source_alpha * backdrop_alpha * mixed.at(i));
  }
  levels[3] = 255 * (source_alpha + backdrop_alpha - source_alpha * backdrop_alpha);
  return levels;
}

// Fails unless `blended` is what the formula gives, rounded to nearest.
void expect_rounded(BlendMode mode, PremulRgba8 source, PremulRgba8 backdrop) {
  // Above half a level by no more than long double and double can be wrong by.
  constexpr Real kErrorMax = 0.5L + 1e-7L;
  const PremulRgba8 result = blended(mode, source, backdrop);
  const std::array<uint8_t, 4> levels{result.red, result.green, result.blue, result.alpha};
  const auto wanted = exact(mode, source, backdrop);
  for (size_t i = 0; i < 4; ++i) {
    ASSERT_NEAR(static_cast<double>(levels.at(i)), static_cast<double>(wanted.at(i)),
                static_cast<double>(kErrorMax))
        << name_of(mode) << ": " << ::testing::PrintToString(source) << " over "
        << ::testing::PrintToString(backdrop) << ", component " << i;
  }
  ASSERT_LE(std::max({result.red, result.green, result.blue}), result.alpha) << name_of(mode);
}

// Colours that a grey or a symmetric table would not tell apart, among them the six corners, and
// levels around the seams of the formulas.
std::vector<PremulRgba8> test_colors() {
  std::vector<PremulRgba8> colors;
  constexpr std::array<std::array<int, 3>, 20> kStraight = {
      {{0, 0, 0},     {255, 255, 255}, {255, 0, 0},     {0, 255, 0},     {0, 0, 255},
       {255, 255, 0}, {0, 255, 255},   {255, 0, 255},   {255, 64, 0},    {32, 200, 128},
       {1, 254, 127}, {128, 127, 126}, {63, 64, 65},    {12, 240, 99},   {251, 3, 180},
       {90, 91, 250}, {77, 77, 77},    {200, 200, 200}, {128, 128, 128}, {254, 255, 253}}};
  for (const int alpha : {0, 1, 2, 3, 37, 127, 128, 200, 254, 255}) {
    for (const auto& [red, green, blue] : kStraight) {
      colors.push_back(frame::premultiplied({byte(red), byte(green), byte(blue), byte(alpha)}));
    }
  }
  return colors;
}

PremulRgba8 random_color(std::mt19937_64& random) {
  const auto alpha = byte(static_cast<int>(random() % 256));
  const auto component = [&] { return byte(static_cast<int>(random() % (alpha + 1u))); };
  return {component(), component(), component(), alpha};
}

/// --- Tests ---

class Blend : public ::testing::TestWithParam<BlendMode> {};

TEST_P(Blend, IsTheStandardsFormulaRoundedForSaturatedColorsAtEveryKindOfAlpha) {
  const auto colors = test_colors();
  for (const PremulRgba8 source : colors) {
    for (const PremulRgba8 backdrop : colors) {
      ASSERT_NO_FATAL_FAILURE(expect_rounded(GetParam(), source, backdrop));
    }
  }
}

TEST_P(Blend, IsTheStandardsFormulaRoundedForRandomPremultipliedColors) {
  std::mt19937_64 random(0x5eed);
  for (int i = 0; i < 40'000; ++i) {
    const PremulRgba8 source = random_color(random);
    ASSERT_NO_FATAL_FAILURE(expect_rounded(GetParam(), source, random_color(random)));
  }
}

TEST_P(Blend, IsTheStandardsFormulaRoundedForEveryPairOfOpaqueLevels) {
  for (int front = 0; front < 256; ++front) {
    for (int back = 0; back < 256; ++back) {
      // Three different components, so that a mode that mixes them up is caught.
      const PremulRgba8 source{byte(front), byte(255 - front), byte(front / 3), 255};
      const PremulRgba8 backdrop{byte(back), byte(back / 2), byte(255 - back), 255};
      ASSERT_NO_FATAL_FAILURE(expect_rounded(GetParam(), source, backdrop));
    }
  }
}

TEST_P(Blend, IsTheStandardsFormulaRoundedForEveryPairOfGreys) {
  // Where saturation is nothing and lightness is lightness: divisions by zero wait here.
  for (const int source_alpha : {1, 100, 255}) {
    for (const int backdrop_alpha : {1, 200, 255}) {
      for (int front = 0; front <= source_alpha; ++front) {
        for (int back = 0; back <= backdrop_alpha; ++back) {
          ASSERT_NO_FATAL_FAILURE(expect_rounded(
              GetParam(), {byte(front), byte(front), byte(front), byte(source_alpha)},
              {byte(back), byte(back), byte(back), byte(backdrop_alpha)}));
        }
      }
    }
  }
}

TEST_P(Blend, TransparentSourceLeavesTheBackdrop) {
  for (const PremulRgba8 backdrop : test_colors()) {
    ASSERT_EQ(blended(GetParam(), {}, backdrop), backdrop);
  }
}

TEST_P(Blend, OnATransparentBackdropTheSourceStands) {
  for (const PremulRgba8 source : test_colors()) {
    ASSERT_EQ(blended(GetParam(), source, {}), source);
  }
}

TEST_P(Blend, AlphaIsThatOfNormal) {
  std::mt19937_64 random(0xa1fa);
  for (int i = 0; i < 5'000; ++i) {
    const PremulRgba8 source = random_color(random);
    const PremulRgba8 backdrop = random_color(random);
    ASSERT_EQ(blended(GetParam(), source, backdrop).alpha, frame::over(source, backdrop).alpha);
  }
}

INSTANTIATE_TEST_SUITE_P(EveryMode, Blend, ::testing::ValuesIn(all_modes()), [](const auto& each) {
  std::string name(name_of(each.param));
  std::erase(name, '-');
  return name;
});

TEST(BlendNormal, OpaqueSourceReplacesTheBackdrop) {
  for (const PremulRgba8 backdrop : test_colors()) {
    const PremulRgba8 source{255, 64, 0, 255};
    ASSERT_EQ(blended(BlendMode::kNormal, source, backdrop), source);
  }
}

struct Worked {
  BlendMode mode;
  PremulRgba8 opaque;       ///< #ff4000 on #20c880
  PremulRgba8 translucent;  ///< #ff4000 at 60 % on #20c880 at 80 %
};

TEST(BlendExamples, AreWhatTheFormulasGiveByHand) {
  constexpr PremulRgba8 kSource{255, 64, 0, 255};
  constexpr PremulRgba8 kBackdrop{32, 200, 128, 255};
  constexpr PremulRgba8 kThinSource{153, 38, 0, 153};
  constexpr PremulRgba8 kThinBackdrop{26, 160, 102, 204};
  const std::array worked = {
      Worked{BlendMode::kNormal, {255, 64, 0, 255}, {163, 102, 41, 235}},
      Worked{BlendMode::kMultiply, {32, 50, 0, 255}, {57, 95, 41, 235}},
      Worked{BlendMode::kScreen, {255, 214, 128, 255}, {163, 174, 102, 235}},
      Worked{BlendMode::kOverlay, {64, 173, 1, 255}, {72, 154, 41, 235}},
      Worked{BlendMode::kDarken, {32, 64, 0, 255}, {57, 102, 41, 235}},
      Worked{BlendMode::kLighten, {255, 200, 128, 255}, {163, 168, 102, 235}},
      Worked{BlendMode::kColorDodge, {255, 255, 128, 255}, {163, 194, 102, 235}},
      Worked{BlendMode::kColorBurn, {32, 36, 0, 255}, {57, 88, 41, 235}},
      Worked{BlendMode::kHardLight, {255, 100, 0, 255}, {163, 119, 41, 235}},
      Worked{BlendMode::kSoftLight, {88, 179, 64, 255}, {84, 157, 71, 235}},
      Worked{BlendMode::kDifference, {223, 136, 128, 255}, {148, 137, 102, 235}},
      Worked{BlendMode::kExclusion, {223, 164, 128, 255}, {148, 150, 102, 235}},
      Worked{BlendMode::kHue, {234, 109, 66, 255}, {154, 124, 73, 235}},
      Worked{BlendMode::kSaturation, {0, 217, 124, 255}, {41, 176, 100, 235}},
      Worked{BlendMode::kColor, {255, 101, 50, 255}, {163, 120, 65, 235}},
      Worked{BlendMode::kLuminosity, {5, 173, 101, 255}, {43, 154, 89, 235}}};
  ASSERT_EQ(worked.size(), base::kBlendModeNames.size());
  for (const Worked& each : worked) {
    EXPECT_EQ(blended(each.mode, kSource, kBackdrop), each.opaque) << name_of(each.mode);
    EXPECT_EQ(blended(each.mode, kThinSource, kThinBackdrop), each.translucent)
        << name_of(each.mode);
  }
}

TEST(Faded, IsTheExactProductRoundedAndNeverAboveItsAlpha) {
  for (uint32_t coverage = 0; coverage < 256; ++coverage) {
    for (int level = 0; level < 256; ++level) {
      const PremulRgba8 pixel = faded({byte(level), 0, byte(level / 2), byte(level)}, coverage);
      const auto product = static_cast<uint32_t>(level) * coverage;
      ASSERT_EQ(pixel.red, (2 * product + 255) / 510);
      ASSERT_EQ(pixel.alpha, pixel.red);
      ASSERT_EQ(pixel.green, 0);
      ASSERT_LE(pixel.blue, pixel.alpha);
    }
  }
}

}  // namespace
}  // namespace layercast::compose
