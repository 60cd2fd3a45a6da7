#pragma once

#include "base/geometry.h"
#include "frame/image.h"

#include <memory>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): cairo's own names
using cairo_t = struct _cairo;
using cairo_surface_t = struct _cairo_surface;
using cairo_pattern_t = struct _cairo_pattern;
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace layercast::content {

/// Releases cairo objects.
struct CairoFree {
  void operator()(cairo_t* context) const;
  void operator()(cairo_surface_t* surface) const;
  void operator()(cairo_pattern_t* pattern) const;
};
using CairoContext = std::unique_ptr<cairo_t, CairoFree>;
using CairoSurface = std::unique_ptr<cairo_surface_t, CairoFree>;
using CairoPattern = std::unique_ptr<cairo_pattern_t, CairoFree>;

/// A transparent ARGB32 surface. Range: sides 1..32767. Throws std::bad_alloc when memory is
/// exhausted.
CairoSurface make_surface(base::SizeI size);
/// The same with only an alpha channel: A8.
CairoSurface make_mask_surface(base::SizeI size);

/// A copy of the pixels of an ARGB32 image surface. Exact: cairo's pixels are also premultiplied
/// sRGB.
frame::Image<frame::PremulRgba8> image_from_surface(cairo_surface_t* surface);

}  // namespace layercast::content
