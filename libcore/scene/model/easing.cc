#include "scene/model/easing.h"

#include "base/ascii.h"
#include "base/parse_number.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace layercast::scene {
namespace {

struct NamedEasing {
  std::string_view name;
  Easing easing;
};

// Source: CSS Easing Functions Level 1, sections 2.1 to 2.3. Of two equal easings, the first name
// is written.
constexpr std::array kNamedEasings = {
    NamedEasing{"linear", LinearEasing{}},
    NamedEasing{"ease", CubicBezier{0.25, 0.1, 0.25, 1}},
    NamedEasing{"ease-in", CubicBezier{0.42, 0, 1, 1}},
    NamedEasing{"ease-out", CubicBezier{0, 0, 0.58, 1}},
    NamedEasing{"ease-in-out", CubicBezier{0.42, 0, 0.58, 1}},
    NamedEasing{"step-start", Steps{1, Steps::Jump::kStart}},
    NamedEasing{"step-end", Steps{1, Steps::Jump::kEnd}},
};

struct NamedJump {
  std::string_view name;
  Steps::Jump jump;
};
constexpr std::array kNamedJumps = {
    NamedJump{"start", Steps::Jump::kStart},      NamedJump{"end", Steps::Jump::kEnd},
    NamedJump{"jump-none", Steps::Jump::kNone},   NamedJump{"jump-both", Steps::Jump::kBoth},
    NamedJump{"jump-start", Steps::Jump::kStart}, NamedJump{"jump-end", Steps::Jump::kEnd},
};

constexpr double kControlMax = 1000;  // of |y1| and |y2|; curves beyond it are not useful
constexpr int kStepsMax = 1'000'000;
constexpr double kEasedMax = 1e6;  // tangents may be steep, but results stay finite

// One coordinate of a Bézier curve from 0 to 1 with inner control points `first` and `second`.
struct BezierAxis {
  double first;
  double second;

  double at(double t) const {
    const double rest = 1 - t;
    return 3 * rest * rest * t * first + 3 * rest * t * t * second + t * t * t;
  }
  double slope_at(double t) const {
    const double rest = 1 - t;
    return 3 * rest * rest * first + 6 * rest * t * (second - first) + 3 * t * t * (1 - second);
  }
};

// Newton's method inside a bisection bracket. Uses plain arithmetic only, so that every machine
// computes the same bits.
double parameter_at(const BezierAxis& axis, double x) {
  constexpr double kResidualMax = 1e-15;
  constexpr int kRoundsMax = 100;
  double low = 0;
  double high = 1;
  double t = x;
  for (int round = 0; round < kRoundsMax; ++round) {
    const double residual = axis.at(t) - x;
    if (residual <= kResidualMax && residual >= -kResidualMax) break;
    (residual > 0 ? high : low) = t;
    const double slope = axis.slope_at(t);
    double next = slope > 0 ? t - residual / slope : low;
    if (!(next > low && next < high)) next = low + (high - low) / 2;
    if (next == t) break;
    t = next;
  }
  return t;
}

// The tangents beyond the ends. Source: CSS Easing Functions Level 1, section 2.2.1.
double slope_before_start(const CubicBezier& curve) {
  if (curve.x1 > 0) return curve.y1 / curve.x1;
  if (curve.x2 > 0) return curve.y2 / curve.x2;
  return 0;
}
double slope_after_end(const CubicBezier& curve) {
  if (curve.x2 < 1) return (1 - curve.y2) / (1 - curve.x2);
  if (curve.x1 < 1) return (1 - curve.y1) / (1 - curve.x1);
  return 0;
}

double eased_by(const LinearEasing& /*easing*/, double progress, EasingPhase /*phase*/) {
  return progress;
}

double eased_by(const CubicBezier& curve, double progress, EasingPhase /*phase*/) {
  if (progress < 0) return progress * slope_before_start(curve);
  if (progress > 1) return 1 + (progress - 1) * slope_after_end(curve);
  if (progress == 0 || progress == 1) return progress;
  const double t = parameter_at({curve.x1, curve.x2}, progress);
  return BezierAxis{curve.y1, curve.y2}.at(t);
}

// The number of whole steps of 1/count in `progress`. The product alone may be too small: 0.29 ×
// 100 is below 29 in binary.
double steps_in(double progress, double count) {
  double whole = std::floor(progress * count);
  if ((whole + 1) / count <= progress) ++whole;
  if (whole / count > progress) --whole;
  return whole;
}

// CSS Easing Functions Level 1, section 2.3.1.
double eased_by(const Steps& steps, double progress, EasingPhase phase) {
  using Jump = Steps::Jump;
  const double count = steps.count;
  double step = steps_in(progress, count);
  const bool at_rise = step / count == progress;
  double jumps = count;
  if (steps.jump == Jump::kNone) jumps = std::max(count - 1, 1.0);
  if (steps.jump == Jump::kBoth) jumps = count + 1;
  if (steps.jump == Jump::kStart || steps.jump == Jump::kBoth) ++step;
  if (phase == EasingPhase::kBefore && at_rise) --step;
  if (progress >= 0) step = std::max(step, 0.0);
  if (progress <= 1) step = std::min(step, jumps);
  return step / jumps;
}

// The arguments of `name(…)`; nullopt if `text` is not a call of `name`.
std::optional<std::string_view> arguments_of(std::string_view text, std::string_view name) {
  if (!text.starts_with(name) || !text.ends_with(')')) return std::nullopt;
  text.remove_prefix(name.size());
  if (!text.starts_with('(')) return std::nullopt;
  return text.substr(1, text.size() - 2);
}

std::string_view take_until_comma(std::string_view& text) {
  const size_t comma = std::min(text.find(','), text.size());
  const std::string_view part = base::trimmed(text.substr(0, comma), base::kCssSpaces);
  text.remove_prefix(std::min(comma + 1, text.size()));
  return part;
}

// A CSS number: neither infinity nor NaN, and a digit after every point.
std::optional<double> number_of(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  if (text.find_first_not_of("0123456789+-.e") != std::string_view::npos) return std::nullopt;
  if (const size_t point = text.find('.'); point != std::string_view::npos) {
    if (point + 1 == text.size() || text[point + 1] == 'e') return std::nullopt;
  }
  return base::parse_number<double>(text);
}

std::optional<Easing> parse_cubic_bezier(std::string_view arguments) {
  if (std::ranges::count(arguments, ',') != 3) return std::nullopt;
  std::array<double, 4> numbers{};
  for (double& number : numbers) {
    const auto parsed = number_of(take_until_comma(arguments));
    if (!parsed) return std::nullopt;
    number = *parsed;
  }
  const auto [x1, y1, x2, y2] = numbers;
  if (x1 < 0 || x1 > 1 || x2 < 0 || x2 > 1) return std::nullopt;
  if (std::fabs(y1) > kControlMax || std::fabs(y2) > kControlMax) return std::nullopt;
  return CubicBezier{x1, y1, x2, y2};
}

std::optional<Easing> parse_steps(std::string_view arguments) {
  Steps steps;
  const bool has_jump = arguments.find(',') != std::string_view::npos;
  std::string_view digits = take_until_comma(arguments);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  const auto count = base::parse_number<int>(digits);
  if (!count) return std::nullopt;
  steps.count = *count;
  if (has_jump) {
    const auto* named = std::ranges::find(kNamedJumps, base::trimmed(arguments, base::kCssSpaces),
                                          &NamedJump::name);
    if (named == kNamedJumps.end()) return std::nullopt;
    steps.jump = named->jump;
  }
  const int count_min = steps.jump == Steps::Jump::kNone ? 2 : 1;
  if (steps.count < count_min || steps.count > kStepsMax) return std::nullopt;
  return steps;
}

std::string number_text(double number) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  return {digits.data(), end};
}

std::string text_of(const LinearEasing& /*easing*/) { return "linear"; }

std::string text_of(const CubicBezier& curve) {
  std::string text = "cubic-bezier(";
  text.append(number_text(curve.x1)).append(",").append(number_text(curve.y1)).append(",");
  text.append(number_text(curve.x2)).append(",").append(number_text(curve.y2)).append(")");
  return text;
}

std::string text_of(const Steps& steps) {
  std::string text = "steps(" + std::to_string(steps.count);
  if (steps.jump != Steps::Jump::kEnd) {
    text += ",";
    text += std::ranges::find(kNamedJumps, steps.jump, &NamedJump::jump)->name;
  }
  return text + ")";
}

}  // namespace

double eased(const Easing& easing, double progress, EasingPhase phase) {
  const double result =
      std::visit([&](const auto& kind) { return eased_by(kind, progress, phase); }, easing);
  return std::clamp(result, -kEasedMax, kEasedMax);
}

std::optional<Easing> parse_easing(std::string_view text) {
  const std::string lower = base::lower_case(base::trimmed(text, base::kCssSpaces));
  const auto* named = std::ranges::find(kNamedEasings, lower, &NamedEasing::name);
  if (named != kNamedEasings.end()) return named->easing;
  if (const auto arguments = arguments_of(lower, "cubic-bezier")) {
    return parse_cubic_bezier(*arguments);
  }
  if (const auto arguments = arguments_of(lower, "steps")) return parse_steps(*arguments);
  return std::nullopt;
}

std::string easing_text(const Easing& easing) {
  const auto* named = std::ranges::find(kNamedEasings, easing, &NamedEasing::easing);
  if (named != kNamedEasings.end()) return std::string(named->name);
  return std::visit([](const auto& kind) { return text_of(kind); }, easing);
}

}  // namespace layercast::scene
