#pragma once

#include "base/geometry.h"
#include "content/picture/cairo_picture.h"
#include "content/text/glyph_cache.h"

#include <cstdint>
#include <optional>
#include <span>

namespace layercast::content {

/// A glyph and the position of its origin. Units: 1/256 px.
struct PlacedGlyph {
  cairo_scaled_font_t* font = nullptr;  ///< borrowed
  uint32_t glyph = 0;
  int64_t x = 0;
  int64_t y = 0;
};

/// A coverage mask and its place.
struct Coverage {
  base::RectI area;
  CairoSurface mask;  ///< of `area`, CAIRO_FORMAT_A8; nullptr when `area` is empty
};

/// The joint coverage of the glyphs within `clip`: of their fills, or of their strokes when
/// `stroke_width` is not 0. Absent when a glyph has no mask.
/// Where two glyphs partly cover the same pixel, their 8×8 points estimate the overlap. The result
/// is exact when the parts are disjoint or one contains the other, so that adjacent edges show no
/// seam. Source: Carpenter, "The A-buffer, an Antialiased Hidden Surface Method" (1984).
/// Exact: the same bytes whatever the cache holds.
std::optional<Coverage> united_coverage(std::span<const PlacedGlyph> glyphs, double stroke_width,
                                        const base::RectI& clip, GlyphCache& cache);

}  // namespace layercast::content
