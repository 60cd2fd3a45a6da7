#pragma once

#include "base/geometry.h"
#include "scene/model/scene.h"

// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): cairo's own name
using cairo_pattern_t = struct _cairo_pattern;

namespace layercast::content {

/// A cairo pattern that paints `gradient` over `box` as CSS does, and extends it outside. Colours
/// are interpolated premultiplied, so that red to `transparent` stays red. Radial gradients are
/// centred and reach the farthest corner. `toward` is {-1 left, 1 right} and {-1 up, 1 down}.
/// Ownership: the caller's, to be released with cairo_pattern_destroy().
/// Source: CSS Images Module Level 3, sections 3.1 (linear), 3.2 (radial) and 3.4.3 (stop fixup).
cairo_pattern_t* make_gradient_pattern(const scene::Gradient& gradient, const base::RectF& box);

}  // namespace layercast::content
