#pragma once

#include "base/error.h"
#include "base/geometry.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace layercast::content {

/// One segment of a path, in absolute coordinates.
struct PathSegment {
  enum class Kind : uint8_t { kMove, kLine, kCurve, kClose };
  Kind kind;
  /// A curve: two control points, then the end point. A move or a line: only the last one.
  std::array<base::PointF, 3> points;
};

/// Parses SVG path data: M L H V C S Q T A Z, absolute and relative. Quadratic curves become cubic
/// ones exactly; arcs become cubic curves, with an error below 1/100 000 of their radius.
/// Errors: kInvalidInput with the expected token and the character position; kLimit for coordinates
/// beyond a million px.
/// Source: Scalable Vector Graphics 1.1, sections 8.3 (path data) and F.6 (arcs).
base::Result<std::vector<PathSegment>> parse_path_data(std::string_view d);

}  // namespace layercast::content
