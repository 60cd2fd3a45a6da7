#include "base/color.h"

#include "base/ascii.h"
#include "base/parse_number.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace layercast::base {
namespace {

struct NamedColor {
  std::string_view name;
  uint32_t rgb;
};

// Source: CSS Color Module Level 4, section 6.1.
constexpr auto kNamedColors = std::to_array<NamedColor>({
    {"aliceblue", 0xf0f8ff},
    {"antiquewhite", 0xfaebd7},
    {"aqua", 0x00ffff},
    {"aquamarine", 0x7fffd4},
    {"azure", 0xf0ffff},
    {"beige", 0xf5f5dc},
    {"bisque", 0xffe4c4},
    {"black", 0x000000},
    {"blanchedalmond", 0xffebcd},
    {"blue", 0x0000ff},
    {"blueviolet", 0x8a2be2},
    {"brown", 0xa52a2a},
    {"burlywood", 0xdeb887},
    {"cadetblue", 0x5f9ea0},
    {"chartreuse", 0x7fff00},
    {"chocolate", 0xd2691e},
    {"coral", 0xff7f50},
    {"cornflowerblue", 0x6495ed},
    {"cornsilk", 0xfff8dc},
    {"crimson", 0xdc143c},
    {"cyan", 0x00ffff},
    {"darkblue", 0x00008b},
    {"darkcyan", 0x008b8b},
    {"darkgoldenrod", 0xb8860b},
    {"darkgray", 0xa9a9a9},
    {"darkgreen", 0x006400},
    {"darkgrey", 0xa9a9a9},
    {"darkkhaki", 0xbdb76b},
    {"darkmagenta", 0x8b008b},
    {"darkolivegreen", 0x556b2f},
    {"darkorange", 0xff8c00},
    {"darkorchid", 0x9932cc},
    {"darkred", 0x8b0000},
    {"darksalmon", 0xe9967a},
    {"darkseagreen", 0x8fbc8f},
    {"darkslateblue", 0x483d8b},
    {"darkslategray", 0x2f4f4f},
    {"darkslategrey", 0x2f4f4f},
    {"darkturquoise", 0x00ced1},
    {"darkviolet", 0x9400d3},
    {"deeppink", 0xff1493},
    {"deepskyblue", 0x00bfff},
    {"dimgray", 0x696969},
    {"dimgrey", 0x696969},
    {"dodgerblue", 0x1e90ff},
    {"firebrick", 0xb22222},
    {"floralwhite", 0xfffaf0},
    {"forestgreen", 0x228b22},
    {"fuchsia", 0xff00ff},
    {"gainsboro", 0xdcdcdc},
    {"ghostwhite", 0xf8f8ff},
    {"gold", 0xffd700},
    {"goldenrod", 0xdaa520},
    {"gray", 0x808080},
    {"green", 0x008000},
    {"greenyellow", 0xadff2f},
    {"grey", 0x808080},
    {"honeydew", 0xf0fff0},
    {"hotpink", 0xff69b4},
    {"indianred", 0xcd5c5c},
    {"indigo", 0x4b0082},
    {"ivory", 0xfffff0},
    {"khaki", 0xf0e68c},
    {"lavender", 0xe6e6fa},
    {"lavenderblush", 0xfff0f5},
    {"lawngreen", 0x7cfc00},
    {"lemonchiffon", 0xfffacd},
    {"lightblue", 0xadd8e6},
    {"lightcoral", 0xf08080},
    {"lightcyan", 0xe0ffff},
    {"lightgoldenrodyellow", 0xfafad2},
    {"lightgray", 0xd3d3d3},
    {"lightgreen", 0x90ee90},
    {"lightgrey", 0xd3d3d3},
    {"lightpink", 0xffb6c1},
    {"lightsalmon", 0xffa07a},
    {"lightseagreen", 0x20b2aa},
    {"lightskyblue", 0x87cefa},
    {"lightslategray", 0x778899},
    {"lightslategrey", 0x778899},
    {"lightsteelblue", 0xb0c4de},
    {"lightyellow", 0xffffe0},
    {"lime", 0x00ff00},
    {"limegreen", 0x32cd32},
    {"linen", 0xfaf0e6},
    {"magenta", 0xff00ff},
    {"maroon", 0x800000},
    {"mediumaquamarine", 0x66cdaa},
    {"mediumblue", 0x0000cd},
    {"mediumorchid", 0xba55d3},
    {"mediumpurple", 0x9370db},
    {"mediumseagreen", 0x3cb371},
    {"mediumslateblue", 0x7b68ee},
    {"mediumspringgreen", 0x00fa9a},
    {"mediumturquoise", 0x48d1cc},
    {"mediumvioletred", 0xc71585},
    {"midnightblue", 0x191970},
    {"mintcream", 0xf5fffa},
    {"mistyrose", 0xffe4e1},
    {"moccasin", 0xffe4b5},
    {"navajowhite", 0xffdead},
    {"navy", 0x000080},
    {"oldlace", 0xfdf5e6},
    {"olive", 0x808000},
    {"olivedrab", 0x6b8e23},
    {"orange", 0xffa500},
    {"orangered", 0xff4500},
    {"orchid", 0xda70d6},
    {"palegoldenrod", 0xeee8aa},
    {"palegreen", 0x98fb98},
    {"paleturquoise", 0xafeeee},
    {"palevioletred", 0xdb7093},
    {"papayawhip", 0xffefd5},
    {"peachpuff", 0xffdab9},
    {"peru", 0xcd853f},
    {"pink", 0xffc0cb},
    {"plum", 0xdda0dd},
    {"powderblue", 0xb0e0e6},
    {"purple", 0x800080},
    {"rebeccapurple", 0x663399},
    {"red", 0xff0000},
    {"rosybrown", 0xbc8f8f},
    {"royalblue", 0x4169e1},
    {"saddlebrown", 0x8b4513},
    {"salmon", 0xfa8072},
    {"sandybrown", 0xf4a460},
    {"seagreen", 0x2e8b57},
    {"seashell", 0xfff5ee},
    {"sienna", 0xa0522d},
    {"silver", 0xc0c0c0},
    {"skyblue", 0x87ceeb},
    {"slateblue", 0x6a5acd},
    {"slategray", 0x708090},
    {"slategrey", 0x708090},
    {"snow", 0xfffafa},
    {"springgreen", 0x00ff7f},
    {"steelblue", 0x4682b4},
    {"tan", 0xd2b48c},
    {"teal", 0x008080},
    {"thistle", 0xd8bfd8},
    {"tomato", 0xff6347},
    {"turquoise", 0x40e0d0},
    {"violet", 0xee82ee},
    {"wheat", 0xf5deb3},
    {"white", 0xffffff},
    {"whitesmoke", 0xf5f5f5},
    {"yellow", 0xffff00},
    {"yellowgreen", 0x9acd32},
});
static_assert(kNamedColors.size() == 148);
static_assert(std::ranges::is_sorted(kNamedColors, {}, &NamedColor::name));

constexpr Color color_of(uint32_t rgb) {
  return {static_cast<uint8_t>(rgb >> 16), static_cast<uint8_t>(rgb >> 8),
          static_cast<uint8_t>(rgb), 255};
}

constexpr bool is_space(char c) { return kCssSpaces.find(c) != std::string_view::npos; }

struct Component {
  enum class Kind : uint8_t { kNone, kNumber, kPercentage, kAngle };
  Kind kind = Kind::kNumber;
  double value = 0;  ///< angles are in degrees
};

struct Arguments {
  std::array<Component, 3> parts;
  Component alpha{Component::Kind::kNumber, 1};
  bool legacy = false;  ///< separated by commas
};

/// Consumes CSS tokens from the front of a text.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  bool take(char wanted) {
    skip_spaces();
    if (!rest_.starts_with(wanted)) return false;
    rest_.remove_prefix(1);
    skip_spaces();
    return true;
  }

  std::optional<Component> take_component() {
    skip_spaces();
    using Kind = Component::Kind;
    if (!rest_.empty() && is_letter(rest_.front())) {
      if (take_word() != "none") return std::nullopt;
      return Component{Kind::kNone, 0};
    }
    const auto number = take_number();
    if (!number) return std::nullopt;
    if (rest_.starts_with('%')) {
      rest_.remove_prefix(1);
      return Component{Kind::kPercentage, *number};
    }
    const std::string_view unit = take_word();
    if (unit.empty()) return Component{Kind::kNumber, *number};
    if (unit == "deg") return Component{Kind::kAngle, *number};
    if (unit == "turn") return Component{Kind::kAngle, *number * 360};
    if (unit == "grad") return Component{Kind::kAngle, *number * 0.9};
    if (unit == "rad") return Component{Kind::kAngle, *number * (180 / 3.14159265358979323846)};
    return std::nullopt;
  }

  void skip_spaces() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }

 private:
  std::string_view take_word() {
    size_t end = 0;
    if (!rest_.empty() && is_letter(rest_.front())) {
      while (end < rest_.size() && (is_letter(rest_[end]) || is_digit(rest_[end]))) ++end;
    }
    const std::string_view word = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return word;
  }

  size_t digits_from(size_t start) const {
    size_t end = start;
    while (end < rest_.size() && is_digit(rest_[end])) ++end;
    return end - start;
  }

  // The length of the CSS number at the front (CSS Syntax Level 3, section 4.3.12); 0 for none.
  size_t number_length() const {
    size_t end = rest_.starts_with('+') || rest_.starts_with('-') ? 1 : 0;
    const size_t whole = digits_from(end);
    end += whole;
    const size_t fraction = end < rest_.size() && rest_[end] == '.' ? digits_from(end + 1) : 0;
    if (fraction > 0) end += 1 + fraction;
    if (whole + fraction == 0) return 0;
    if (end < rest_.size() && rest_[end] == 'e') {
      const bool sign = end + 1 < rest_.size() && (rest_[end + 1] == '+' || rest_[end + 1] == '-');
      const size_t start = end + (sign ? 2 : 1);
      if (const size_t exponent = digits_from(start); exponent > 0) end = start + exponent;
    }
    return end;
  }

  std::optional<double> take_number() {
    const size_t length = number_length();
    std::string_view digits = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (digits.starts_with('+')) digits.remove_prefix(1);
    const auto number = parse_number<double>(digits);
    if (!number) return std::nullopt;
    // Far above every channel value, and small enough that no product below overflows.
    constexpr double kMagnitudeMax = 1e12;
    return std::clamp(*number, -kMagnitudeMax, kMagnitudeMax);
  }

  std::string_view rest_;
};

std::optional<Arguments> parse_arguments(std::string_view text) {
  Scanner scanner(text);
  Arguments arguments;
  for (size_t i = 0; i < arguments.parts.size(); ++i) {
    if (i == 1) arguments.legacy = scanner.take(',');
    if (i == 2 && scanner.take(',') != arguments.legacy) return std::nullopt;
    const auto part = scanner.take_component();
    if (!part) return std::nullopt;
    arguments.parts[i] = *part;
  }
  if (scanner.take(arguments.legacy ? ',' : '/')) {
    const auto alpha = scanner.take_component();
    if (!alpha) return std::nullopt;
    arguments.alpha = *alpha;
  }
  scanner.skip_spaces();
  if (!scanner.at_end()) return std::nullopt;
  return arguments;
}

// Range: any; clamped. Rounds half up; the small offset keeps halves that a binary fraction only
// approximates.
uint8_t rounded_channel(double level) {
  return static_cast<uint8_t>(std::floor(std::clamp(level, 0.0, 255.0) + 0.5 + 1e-9));
}

bool is_level(const Component& part) {
  return part.kind == Component::Kind::kNumber || part.kind == Component::Kind::kPercentage;
}

bool is_hue(const Component& part) {
  return part.kind == Component::Kind::kNumber || part.kind == Component::Kind::kAngle;
}

std::optional<uint8_t> alpha_of(const Component& alpha) {
  if (alpha.kind == Component::Kind::kAngle) return std::nullopt;
  const double scale = alpha.kind == Component::Kind::kPercentage ? 255.0 / 100 : 255.0;
  return rounded_channel(alpha.value * scale);
}

struct RealRgb {
  double red;    // 0..1 inside the gamut
  double green;  // as red
  double blue;   // as red
};

Color rounded_color(const RealRgb& rgb, uint8_t alpha) {
  return {rounded_channel(rgb.red * 255), rounded_channel(rgb.green * 255),
          rounded_channel(rgb.blue * 255), alpha};
}

// Source: CSS Color Module Level 4, section 7.1, "Converting HSL Colors to sRGB".
RealRgb rgb_from_hsl(double hue, double saturation, double lightness) {
  const double turned = hue - 360 * std::floor(hue / 360);
  const double reach = saturation * std::min(lightness, 1 - lightness);
  const auto channel = [&](double place) {
    double k = place + turned / 30;
    if (k >= 12) k -= 12;
    return lightness - reach * std::clamp(std::min(k - 3, 9 - k), -1.0, 1.0);
  };
  return {channel(0), channel(8), channel(4)};
}

std::optional<Color> rgb_color(const Arguments& arguments, uint8_t alpha) {
  std::array<uint8_t, 3> channels{};
  for (size_t i = 0; i < channels.size(); ++i) {
    const Component& part = arguments.parts[i];
    if (part.kind == Component::Kind::kAngle) return std::nullopt;
    if (arguments.legacy && part.kind != arguments.parts[0].kind) return std::nullopt;
    const bool percentage = part.kind == Component::Kind::kPercentage;
    channels[i] = rounded_channel(percentage ? part.value * 255 / 100 : part.value);
  }
  return Color{channels[0], channels[1], channels[2], alpha};
}

std::optional<Color> hsl_color(const Arguments& arguments, uint8_t alpha) {
  const auto& [hue, saturation, lightness] = arguments.parts;
  using Kind = Component::Kind;
  if (arguments.legacy &&
      (saturation.kind != Kind::kPercentage || lightness.kind != Kind::kPercentage)) {
    return std::nullopt;
  }
  // Section 7 clamps saturation before the conversion only from below, at 0.
  return rounded_color(
      rgb_from_hsl(hue.value, std::max(saturation.value, 0.0) / 100, lightness.value / 100), alpha);
}

// Source: CSS Color Module Level 4, section 8.1, "Converting HWB Colors to sRGB".
std::optional<Color> hwb_color(const Arguments& arguments, uint8_t alpha) {
  if (arguments.legacy) return std::nullopt;
  const double white = arguments.parts[1].value / 100;
  const double black = arguments.parts[2].value / 100;
  if (white + black >= 1) {
    const double gray = white / (white + black);
    return rounded_color({gray, gray, gray}, alpha);
  }
  const RealRgb pure = rgb_from_hsl(arguments.parts[0].value, 1, 0.5);
  const auto mixed = [&](double level) { return level * (1 - white - black) + white; };
  return rounded_color({mixed(pure.red), mixed(pure.green), mixed(pure.blue)}, alpha);
}

std::optional<Color> parse_function(std::string_view text) {
  const size_t open = text.find('(');
  if (open == std::string_view::npos || !text.ends_with(')')) return std::nullopt;
  const std::string_view name = text.substr(0, open);
  const auto arguments = parse_arguments(text.substr(open + 1, text.size() - open - 2));
  if (!arguments) return std::nullopt;
  const auto alpha = alpha_of(arguments->alpha);
  if (!alpha) return std::nullopt;

  const auto none = [](const Component& part) { return part.kind == Component::Kind::kNone; };
  if (arguments->legacy &&
      (none(arguments->alpha) || std::ranges::any_of(arguments->parts, none))) {
    return std::nullopt;
  }
  if (name == "rgb" || name == "rgba") return rgb_color(*arguments, *alpha);
  const auto& [hue, second, third] = arguments->parts;
  if (!(is_hue(hue) || none(hue)) || !(is_level(second) || none(second)) ||
      !(is_level(third) || none(third))) {
    return std::nullopt;
  }
  if (name == "hsl" || name == "hsla") return hsl_color(*arguments, *alpha);
  if (name == "hwb") return hwb_color(*arguments, *alpha);
  return std::nullopt;
}

std::optional<Color> parse_hex(std::string_view digits) {
  const auto parsed = parse_number<uint32_t>(digits, 16);
  if (!parsed) return std::nullopt;
  const uint32_t number = *parsed;
  const auto doubled = [number](int shift) {
    return static_cast<uint8_t>(((number >> shift) & 15) * 17);
  };
  const auto byte = [number](int shift) { return static_cast<uint8_t>(number >> shift); };
  switch (digits.size()) {
    case 3:
      return Color{doubled(8), doubled(4), doubled(0), 255};
    case 4:
      return Color{doubled(12), doubled(8), doubled(4), doubled(0)};
    case 6:
      return Color{byte(16), byte(8), byte(0), 255};
    case 8:
      return Color{byte(24), byte(16), byte(8), byte(0)};
    default:
      return std::nullopt;
  }
}

std::optional<Color> parse_name(std::string_view name) {
  if (name == "transparent") return Color{0, 0, 0, 0};
  const auto* found = std::ranges::lower_bound(kNamedColors, name, {}, &NamedColor::name);
  if (found == kNamedColors.end() || found->name != name) return std::nullopt;
  return color_of(found->rgb);
}

}  // namespace

std::optional<Color> parse_color(std::string_view text) {
  const std::string lower = lower_case(trimmed(text, kCssSpaces));
  if (lower.starts_with('#')) return parse_hex(std::string_view(lower).substr(1));
  if (lower.ends_with(')')) return parse_function(lower);
  return parse_name(lower);
}

std::string color_text(Color color) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text = "#";
  const auto append = [&](uint8_t byte) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  };
  append(color.red);
  append(color.green);
  append(color.blue);
  if (color.alpha != 255) append(color.alpha);
  return text;
}

}  // namespace layercast::base
