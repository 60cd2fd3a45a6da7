#pragma once

#include "base/color.h"
#include "base/geometry.h"

#include <cstdint>
#include <variant>
#include <vector>

namespace layercast::scene {

/// What a blur reads outside the picture. Source: SVG feGaussianBlur, edgeMode.
enum class BlurEdge : uint8_t {
  kTransparent,  ///< transparent pixels, as CSS blur(): the picture grows and its edges fade
  kClamp,        ///< the nearest pixel of the picture, which keeps its size: edgeMode="duplicate"
};

/// A Gaussian blur of the picture.
struct BlurFilter {
  double radius = 0;  ///< standard deviation, px
  BlurEdge edge = BlurEdge::kTransparent;
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

/// Makes the colour of a screen transparent. Distances are measured in the Cb, Cr plane of BT.709,
/// scaled so that grey has the distance 0.5 from the screen's colour.
struct ChromaKeyFilter {
  base::Color color{0, 255, 0, 255};
  double similarity = 0.4;   ///< 0..1: chroma distance up to which colours are transparent
  double smoothness = 0.08;  ///< 0..1: further distance over which they become opaque
  double spill = 0.1;        ///< 0..1: further distance over which the screen's tint is removed
  bool operator==(const ChromaKeyFilter&) const = default;
};

using Filter = std::variant<BlurFilter, ColorFilter, DropShadowFilter, ChromaKeyFilter>;

/// The same function with the arguments that leave every picture unchanged.
Filter neutral(const Filter& filter);

/// Whether the filter leaves every picture unchanged.
bool does_nothing(const Filter& filter);

/// Whether the functions of the shorter list are the first ones of the other, in the same order.
/// Blurs with different edges are different functions.
bool can_blend(const std::vector<Filter>& from, const std::vector<Filter>& to);

/// Interpolates between two lists. Lists for which can_blend() holds are interpolated function by
/// function, the shorter one extended by neutral functions; others switch half way. Values are
/// rounded to invisible steps, so that filters that look equal are equal, and are clamped to the
/// limits where progress overshoots.
/// Source: Filter Effects Module Level 1, section 11 (interpolation of filters).
std::vector<Filter> mixed(const std::vector<Filter>& from, const std::vector<Filter>& to,
                          double progress);

}  // namespace layercast::scene
