#pragma once

#include "base/error.h"
#include "base/geometry.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace layercast::content {

/// One step of an outline in absolute coordinates.
struct PathSegment {
  enum class Kind : uint8_t { kMove, kLine, kCurve, kClose };
  Kind kind;
  /// A curve: its two control points, then its end. A move or a line: the last one only.
  std::array<base::PointF, 3> points;
};

/// Reads SVG path data: M L H V C S Q T A Z, absolute and relative. Quadratic curves come back as
/// cubic ones, exactly; arcs as cubic ones, off by less than 1/100 000 of their radius.
/// Errors: kInvalidInput that says what was expected and at which character; kLimit for
/// coordinates beyond a million px.
/// Source: Scalable Vector Graphics 1.1, sections 8.3 (path data) and F.6 (arcs).
base::Result<std::vector<PathSegment>> parse_path_data(std::string_view d);

}  // namespace layercast::content
