#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace layercast::base {

/// The CSS mix-blend-mode values. Source: W3C Compositing and Blending Level 1,
/// sections 10.1, 10.2.
enum class BlendMode : uint8_t {
  kNormal,
  kMultiply,
  kScreen,
  kOverlay,
  kDarken,
  kLighten,
  kColorDodge,
  kColorBurn,
  kHardLight,
  kSoftLight,
  kDifference,
  kExclusion,
  kHue,
  kSaturation,
  kColor,
  kLuminosity,
};

/// CSS names, in the order of the enumeration.
inline constexpr std::array<std::string_view, 16> kBlendModeNames = {
    "normal",      "multiply",   "screen",     "overlay",    "darken",     "lighten",
    "color-dodge", "color-burn", "hard-light", "soft-light", "difference", "exclusion",
    "hue",         "saturation", "color",      "luminosity"};

}  // namespace layercast::base
