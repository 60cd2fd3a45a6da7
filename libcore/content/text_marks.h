#pragma once

#include "base/color.h"
#include "base/geometry.h"
#include "content/text_layout.h"
#include "content/text_pango.h"

#include <optional>
#include <vector>

namespace layercast::content {

/// A colour as cairo takes it. Range: 0..1. Alpha: straight.
struct Rgba {
  double red, green, blue, alpha;
  bool operator==(const Rgba&) const = default;
};

Rgba rgba(base::Color color);

/// What a line puts on paper: a run of glyphs, or a bar (underline, strikethrough, background).
/// Units: px in the layer box.
struct Mark {
  GlibPtr<PangoFont> font;
  GlibPtr<PangoGlyphString> glyphs;  ///< nullptr: a bar
  base::RectF bar;
  double x = 0;  ///< of the glyphs' start on the baseline
  double y = 0;
  bool in_color = false;        ///< glyphs with colours of their own
  bool behind = false;          ///< a background
  std::optional<Rgba> color;    ///< instead of the style's; its alpha holds
  std::optional<double> alpha;  ///< with the style's colour
};

/// The marks of lines that have their places, in the order in which they are drawn.
std::vector<Mark> marks_of(const Lines& lines);

}  // namespace layercast::content
