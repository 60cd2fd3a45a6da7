#include "scene/wire/gradient_text.h"

#include "base/ascii.h"
#include "base/parse_number.h"
#include "scene/model/limits.h"
#include "scene/wire/value.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <limits>
#include <span>
#include <vector>

namespace layercast::scene {
namespace {

// Splits at `separator` outside parentheses and trims the parts; adjacent spaces count as one.
std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  int depth = 0;
  size_t start = 0;
  for (size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size()) {
      if (text[i] == '(') ++depth;
      if (text[i] == ')') --depth;
    }
    if (i == text.size() || (text[i] == separator && depth == 0)) {
      const std::string_view part = base::trimmed(text.substr(start, i - start));
      if (separator != ' ' || !part.empty()) parts.push_back(part);
      start = i + 1;
    }
  }
  return parts;
}

std::optional<double> number_before(std::string_view text, std::string_view unit) {
  if (!text.ends_with(unit)) return std::nullopt;
  text.remove_suffix(unit.size());
  if (text.starts_with('+')) text.remove_prefix(1);
  return base::parse_number<double>(text);
}

std::optional<double> degrees_of(std::string_view text) {
  constexpr double kPi = 3.14159265358979323846;
  if (const auto degrees = number_before(text, "deg")) return degrees;
  if (const auto turns = number_before(text, "turn")) return *turns * 360;
  if (const auto grads = number_before(text, "grad")) return *grads * 0.9;
  if (const auto radians = number_before(text, "rad")) return *radians * 180 / kPi;
  return std::nullopt;
}

// In degrees; a number of turns or radians may be too large for that.
std::optional<double> parse_angle(std::string_view text) {
  const auto degrees = degrees_of(text);
  return degrees && std::isfinite(*degrees) ? degrees : std::nullopt;
}

std::optional<std::pair<int, int>> parse_side(std::string_view text) {
  std::pair<int, int> side{0, 0};
  const auto words = split(text, ' ');
  if (words.size() < 2 || words.size() > 3 || words[0] != "to") return std::nullopt;
  for (const auto word : std::span(words).subspan(1)) {
    int& axis = word == "left" || word == "right" ? side.first : side.second;
    if (axis != 0) return std::nullopt;
    if (word == "left" || word == "top") {
      axis = -1;
    } else if (word == "right" || word == "bottom") {
      axis = 1;
    } else {
      return std::nullopt;
    }
  }
  return side;
}

std::optional<GradientStop> parse_stop(std::string_view text) {
  const auto words = split(text, ' ');
  if (words.empty() || words.size() > 2) return std::nullopt;
  const auto color = base::parse_color(words[0]);
  if (!color) return std::nullopt;
  GradientStop stop{std::nullopt, *color};
  if (words.size() == 2) {
    const auto percent = number_before(words[1], "%");
    if (!percent || *percent < 0 || *percent > 100) return std::nullopt;
    stop.at = *percent / 100;
  }
  return stop;
}

// Reads the part before the first stop, if `text` is such a part.
bool take_geometry(std::string_view text, Gradient& gradient) {
  if (gradient.shape == Gradient::Shape::kLinear) {
    if (const auto angle = parse_angle(text)) {
      gradient.angle_degrees = *angle;
      return true;
    }
    gradient.toward = parse_side(text);
    return gradient.toward.has_value();
  }
  const bool is_circle = text == "circle" || text == "circle at center";
  if (is_circle) gradient.shape = Gradient::Shape::kCircle;
  return is_circle || text == "ellipse" || text == "ellipse at center";
}

// A percentage that reads back as exactly `at`, if there is one; there is for every `at` that was
// read from text. The plain product may differ in its last bit.
std::string percent_text(double at) {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double product = at * 100;
  const double candidates[] = {std::round(at * 1e8) / 1e6, product,
                               std::nextafter(product, kInfinity),
                               std::nextafter(product, -kInfinity)};
  const auto* exact =
      std::ranges::find_if(candidates, [at](double percent) { return percent / 100 == at; });
  return number_text(exact == std::end(candidates) ? product : *exact) + "%";
}

}  // namespace

std::optional<Gradient> parse_gradient(std::string_view text) {
  constexpr std::string_view kLinear = "linear-gradient(";
  constexpr std::string_view kRadial = "radial-gradient(";
  text = base::trimmed(text);
  Gradient gradient;
  if (text.starts_with(kRadial)) gradient.shape = Gradient::Shape::kEllipse;
  if (!(text.starts_with(kLinear) || text.starts_with(kRadial)) || !text.ends_with(')')) return {};
  text.remove_prefix(kLinear.size());
  text.remove_suffix(1);
  auto parts = split(text, ',');
  if (take_geometry(parts.front(), gradient)) parts.erase(parts.begin());
  if (parts.size() < 2 || parts.size() > static_cast<size_t>(limits::kGradientStopsMax)) return {};
  for (const auto part : parts) {
    const auto stop = parse_stop(part);
    if (!stop) return std::nullopt;
    gradient.stops.push_back(*stop);
  }
  return gradient;
}

std::string gradient_text(const Gradient& gradient) {
  std::string text;
  if (gradient.shape == Gradient::Shape::kLinear) {
    text = "linear-gradient(";
    if (gradient.toward) {
      constexpr std::array<std::string_view, 3> kAcross = {" left", "", " right"};
      constexpr std::array<std::string_view, 3> kDown = {" top", "", " bottom"};
      text += "to";
      text += kDown.at(static_cast<size_t>(gradient.toward->second) + 1);
      text += kAcross.at(static_cast<size_t>(gradient.toward->first) + 1);
    } else {
      text += number_text(gradient.angle_degrees) + "deg";
    }
  } else {
    text = gradient.shape == Gradient::Shape::kCircle ? "radial-gradient(circle"
                                                      : "radial-gradient(ellipse";
  }
  for (const auto& stop : gradient.stops) {
    text += ", " + base::color_text(stop.color);
    if (stop.at) text += " " + percent_text(*stop.at);
  }
  return text + ")";
}

}  // namespace layercast::scene
