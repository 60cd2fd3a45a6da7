#pragma once

#include "base/geometry.h"
#include "content/cairo_picture.h"
#include "content/glyph_cache.h"

#include <cstdint>
#include <optional>
#include <span>

namespace layercast::content {

/// A glyph and where its origin lies. Units: 1/256 px.
struct PlacedGlyph {
  cairo_scaled_font_t* font = nullptr;  ///< borrowed
  uint32_t glyph = 0;
  int64_t x = 0;
  int64_t y = 0;
};

/// How much of each pixel something covers.
struct Coverage {
  base::RectI area;
  CairoSurface mask;  ///< of `area`, CAIRO_FORMAT_A8; nullptr when `area` is empty
};

/// What the glyphs cover together: their fills, or their strokes when `stroke_width` is not 0; no
/// pixel outside of `clip`. Absent when one of them has no mask.
/// Where two glyphs cover parts of one pixel, the 8×8 points of both tell how much of that is
/// common: exact where the parts lie apart or one holds the other, so that edges which run side by
/// side, or meet, show no seam. Source: Carpenter, "The A-buffer, an Antialiased Hidden Surface
/// Method" (1984).
/// Exact: the same bytes whatever the cache holds.
std::optional<Coverage> united_coverage(std::span<const PlacedGlyph> glyphs, double stroke_width,
                                        const base::RectI& clip, GlyphCache& cache);

}  // namespace layercast::content
