#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace layercast::base {

/// An sRGB colour with straight (not premultiplied) alpha, 8 bits each.
struct Color {
  uint8_t red = 0;
  uint8_t green = 0;
  uint8_t blue = 0;
  uint8_t alpha = 255;
  bool operator==(const Color&) const = default;
};

/// Reads every CSS Color Level 4 form of sRGB: #rgb, #rgba, #rrggbb, #rrggbbaa, the named colours,
/// `transparent`, rgb()/rgba(), hsl()/hsla() and hwb(), with commas or spaces.
/// nullopt for anything else. Source: CSS Color Module Level 4, sections 5 to 8.
std::optional<Color> parse_color(std::string_view text);

/// `#rrggbb`, or `#rrggbbaa` when not opaque.
std::string color_text(Color color);

}  // namespace layercast::base
