#pragma once

#include "base/color.h"
#include "base/geometry.h"
#include "content/text/text_layout.h"
#include "content/text/text_pango.h"

#include <optional>
#include <vector>

namespace layercast::content {

/// A cairo colour. Range: 0..1. Alpha: straight.
struct Rgba {
  double red, green, blue, alpha;
  bool operator==(const Rgba&) const = default;
};

Rgba rgba(base::Color color);

/// A drawn element of a line: a run of glyphs, or a bar (underline, strikethrough, background).
/// Units: px in the layer box.
struct Mark {
  GlibPtr<PangoFont> font;
  GlibPtr<PangoGlyphString> glyphs;  ///< nullptr: a bar
  base::RectF bar;
  double x = 0;  ///< start of the glyphs on the baseline
  double y = 0;
  bool in_color = false;        ///< colour glyphs
  bool behind = false;          ///< a background, drawn behind the text
  std::optional<Rgba> color;    ///< overrides the style's colour and alpha
  std::optional<double> alpha;  ///< overrides only the alpha
};

/// The marks of positioned lines, in drawing order.
std::vector<Mark> marks_of(const Lines& lines);

}  // namespace layercast::content
