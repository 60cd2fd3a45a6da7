#include "scene/model/filter.h"

#include "base/check.h"
#include "scene/model/limits.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <optional>

namespace layercast::scene {
namespace {

using Kind = ColorFilter::Kind;

// Steps below visibility; hue_rotate counts degrees.
constexpr double kStepsPerUnit = 1024;
constexpr double kStepsPerPixel = 64;
constexpr double kStepsPerDegree = 16;

double mixed_number(double from, double to, double progress) {
  return progress == 1 ? to : from + (to - from) * progress;
}

double in_steps(double value, double steps) { return std::floor(value * steps + 0.5) / steps; }

double mixed_length(double from, double to, double progress) {
  return in_steps(mixed_number(from, to, progress), kStepsPerPixel);
}

double neutral_amount(Kind kind) {
  switch (kind) {
    case Kind::kBrightness:
    case Kind::kContrast:
    case Kind::kSaturate:
    case Kind::kOpacity:
      return 1;
    case Kind::kHueRotate:
    case Kind::kGrayscale:
    case Kind::kInvert:
    case Kind::kSepia:
      return 0;
  }
  return 0;
}

// Clamps results of overshooting curves to the range of the function.
double clamped(double number, limits::Range range) {
  return std::clamp(number, range.min, range.max);
}

double allowed_amount(Kind kind, double amount) {
  switch (kind) {
    case Kind::kBrightness:
    case Kind::kContrast:
    case Kind::kSaturate:
      return clamped(amount, limits::kFilterFactor);
    case Kind::kHueRotate:
      return clamped(amount, limits::kRotation);
    case Kind::kGrayscale:
    case Kind::kInvert:
    case Kind::kSepia:
    case Kind::kOpacity:
      return clamped(amount, limits::kUnit);
  }
  return amount;
}

uint8_t level(double value) {
  return static_cast<uint8_t>(std::floor(std::clamp(value, 0.0, 255.0) + 0.5));
}

// Source: CSS Color Module Level 4, section 12.3: colours blend premultiplied.
base::Color mixed_color(const base::Color& from, const base::Color& to, double progress) {
  const double alpha = mixed_number(from.alpha, to.alpha, progress);
  if (!(alpha > 0)) return {0, 0, 0, 0};
  const auto component = [&](uint8_t a, uint8_t b) {
    return level(mixed_number(1.0 * a * from.alpha, 1.0 * b * to.alpha, progress) / alpha);
  };
  return {component(from.red, to.red), component(from.green, to.green),
          component(from.blue, to.blue), level(alpha)};
}

double mixed_unit(double from, double to, double progress) {
  return clamped(in_steps(mixed_number(from, to, progress), kStepsPerUnit), limits::kUnit);
}

double mixed_blur(double from, double to, double progress) {
  return clamped(mixed_length(from, to, progress), limits::kBlur);
}

double mixed_offset(double from, double to, double progress) {
  return clamped(mixed_length(from, to, progress), limits::kPosition);
}

// Interpolates two filters of the same function.
struct Mix {
  double progress;

  Filter operator()(const BlurFilter& from, const BlurFilter& to) const {
    return BlurFilter{mixed_blur(from.radius, to.radius, progress), from.edge};
  }
  Filter operator()(const ColorFilter& from, const ColorFilter& to) const {
    const double steps = from.kind == Kind::kHueRotate ? kStepsPerDegree : kStepsPerUnit;
    const double amount = in_steps(mixed_number(from.amount, to.amount, progress), steps);
    return ColorFilter{from.kind, allowed_amount(from.kind, amount)};
  }
  Filter operator()(const DropShadowFilter& from, const DropShadowFilter& to) const {
    return DropShadowFilter{mixed_color(from.color, to.color, progress),
                            mixed_blur(from.blur, to.blur, progress),
                            {mixed_offset(from.offset.x, to.offset.x, progress),
                             mixed_offset(from.offset.y, to.offset.y, progress)}};
  }
  Filter operator()(const ChromaKeyFilter& from, const ChromaKeyFilter& to) const {
    return ChromaKeyFilter{mixed_color(from.color, to.color, progress),
                           mixed_unit(from.similarity, to.similarity, progress),
                           mixed_unit(from.smoothness, to.smoothness, progress),
                           mixed_unit(from.spill, to.spill, progress)};
  }
  template <class From, class To>
  Filter operator()(const From& from, const To& /*to*/) const {
    return from;
  }
};

bool is_same_function(const Filter& a, const Filter& b) {
  const auto* color_a = std::get_if<ColorFilter>(&a);
  const auto* color_b = std::get_if<ColorFilter>(&b);
  if (color_a != nullptr && color_b != nullptr) return color_a->kind == color_b->kind;
  const auto* blur_a = std::get_if<BlurFilter>(&a);
  const auto* blur_b = std::get_if<BlurFilter>(&b);
  if (blur_a != nullptr && blur_b != nullptr) return blur_a->edge == blur_b->edge;
  return a.index() == b.index();
}

}  // namespace

Filter neutral(const Filter& filter) {
  struct Neutral {
    Filter operator()(const BlurFilter& f) const { return BlurFilter{0, f.edge}; }
    Filter operator()(const ColorFilter& f) const {
      return ColorFilter{f.kind, neutral_amount(f.kind)};
    }
    Filter operator()(const DropShadowFilter& /*f*/) const {
      return DropShadowFilter{{0, 0, 0, 0}, 0, {0, 0}};
    }
    Filter operator()(const ChromaKeyFilter& f) const { return ChromaKeyFilter{f.color, 0, 0, 0}; }
  };
  return std::visit(Neutral{}, filter);
}

bool does_nothing(const Filter& filter) {
  struct DoesNothing {
    bool operator()(const BlurFilter& f) const { return !(f.radius > 0); }
    bool operator()(const ColorFilter& f) const { return f.amount == neutral_amount(f.kind); }
    bool operator()(const DropShadowFilter& f) const { return f.color.alpha == 0; }
    bool operator()(const ChromaKeyFilter& f) const {
      return f.similarity == 0 && f.smoothness == 0 && f.spill == 0;
    }
  };
  return std::visit(DoesNothing{}, filter);
}

bool can_blend(const std::vector<Filter>& from, const std::vector<Filter>& to) {
  const size_t common = std::min(from.size(), to.size());
  for (size_t i = 0; i < common; ++i) {
    if (!is_same_function(from[i], to[i])) return false;
  }
  return true;
}

std::vector<Filter> mixed(const std::vector<Filter>& from, const std::vector<Filter>& to,
                          double progress) {
  if (!can_blend(from, to)) return progress < 0.5 ? from : to;
  std::vector<Filter> result;
  result.reserve(std::max(from.size(), to.size()));
  for (size_t i = 0; i < std::max(from.size(), to.size()); ++i) {
    const Filter start = i < from.size() ? from[i] : neutral(to[i]);
    const Filter end = i < to.size() ? to[i] : neutral(from[i]);
    result.push_back(std::visit(Mix{progress}, start, end));
  }
  return result;
}

}  // namespace layercast::scene
