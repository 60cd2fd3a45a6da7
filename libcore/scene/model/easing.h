#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace layercast::scene {

/// CSS linear: progress is unchanged.
struct LinearEasing {
  bool operator==(const LinearEasing&) const = default;
};

/// CSS cubic-bezier(x1, y1, x2, y2). Range: x1 and x2 in 0..1.
struct CubicBezier {
  double x1 = 0, y1 = 0, x2 = 1, y2 = 1;
  bool operator==(const CubicBezier&) const = default;
};

/// CSS steps(count, position).
struct Steps {
  enum class Jump { kStart, kEnd, kNone, kBoth };
  int count = 1;
  Jump jump = Jump::kEnd;
  bool operator==(const Steps&) const = default;
};

using Easing = std::variant<LinearEasing, CubicBezier, Steps>;

/// Whether the input lies before the active interval; only steps(…, jump-start) depends on it.
enum class EasingPhase { kBefore, kActive };

/// The eased progress. Range: any input; a Bézier curve is continued along its end tangents.
/// Maximum error: 1e-9 of the curve. Source: W3C CSS Easing Functions Level 1.
double eased(const Easing& easing, double progress, EasingPhase phase = EasingPhase::kActive);

/// Reads `linear`, `ease`, `ease-in`, `ease-out`, `ease-in-out`, `step-start`, `step-end`,
/// `cubic-bezier(a,b,c,d)` and `steps(n[, position])`.
std::optional<Easing> parse_easing(std::string_view text);

/// The shortest of the forms above that reads back equal.
std::string easing_text(const Easing& easing);

}  // namespace layercast::scene
