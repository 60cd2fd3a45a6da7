#pragma once

#include "base/color.h"
#include "base/geometry.h"

#include <cstdint>
#include <variant>
#include <vector>

namespace layercast::scene {

/// CSS blur(): a Gaussian, transparent around the picture.
struct BlurFilter {
  double radius = 0;  ///< standard deviation, px
  bool operator==(const BlurFilter&) const = default;
};

/// The CSS filter functions that work on each pixel by itself.
struct ColorFilter {
  enum class Kind : uint8_t {
    kBrightness,
    kContrast,
    kSaturate,
    kHueRotate,
    kGrayscale,
    kInvert,
    kSepia,
    kOpacity,
  };
  Kind kind = Kind::kBrightness;
  double amount = 1;  ///< as in CSS; kHueRotate: degrees
  bool operator==(const ColorFilter&) const = default;
};

/// CSS drop-shadow().
struct DropShadowFilter {
  base::Color color{0, 0, 0, 255};
  double blur = 0;  ///< standard deviation, px
  base::PointF offset;
  bool operator==(const DropShadowFilter&) const = default;
};

/// What has the colour of a screen becomes transparent. Distances are those of the Cb, Cr plane of
/// BT.709, on which grey lies 0.5 from the screen's colour, whatever that is.
struct ChromaKeyFilter {
  base::Color color{0, 255, 0, 255};
  double similarity = 0.4;   ///< 0..1: chroma distance up to which all is transparent
  double smoothness = 0.08;  ///< 0..1: over which it becomes opaque
  double spill = 0.1;        ///< 0..1: over which the screen's light is taken off what stays
  bool operator==(const ChromaKeyFilter&) const = default;
};

using Filter = std::variant<BlurFilter, ColorFilter, DropShadowFilter, ChromaKeyFilter>;

/// The same function with the arguments that leave every picture as it is.
Filter neutral(const Filter& filter);

/// Whether it leaves every picture as it is.
bool does_nothing(const Filter& filter);

/// Whether the lists hold the same functions in the same order, as far as the shorter one goes.
bool can_blend(const std::vector<Filter>& from, const std::vector<Filter>& to);

/// What lies between two lists. Lists of the same functions in the same order blend one by one, the
/// shorter one made as long by neutral ones; others change at once, half way.
/// Values are rounded to steps that nobody sees, so that those which look the same are the same,
/// and stay within the limits where progress overshoots.
/// Source: Filter Effects Module Level 1, section 11 (interpolation of filters).
std::vector<Filter> mixed(const std::vector<Filter>& from, const std::vector<Filter>& to,
                          double progress);

}  // namespace layercast::scene
