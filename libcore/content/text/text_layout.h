#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/text/fonts.h"
#include "content/text/text_pango.h"
#include "content/text/text_source.h"
#include "scene/model/scene.h"

#include <optional>
#include <vector>

namespace layercast::content {

/// The height of a line above and below its baseline, in px.
struct Extent {
  double above;  ///< of the baseline
  double below;
};

/// One line of shaped text. Units: px.
struct Line {
  PangoLayoutLine* line;  ///< owned by its layout
  double width;           ///< with the letter spacing after the last letter, without hanging spaces
  double lead;            ///< where the glyphs begin in it; negative: spaces hang on the left
  bool right_to_left;
  Extent extent;
  double x = 0;  ///< of its left end in the layer box
  double baseline = 0;
};

/// The lines of a text from top to bottom, and the layouts that own their glyphs.
struct Lines {
  std::vector<GlibPtr<PangoLayout>> layouts;
  std::vector<Line> lines;
  bool wrapped = false;
  double width() const {
    double widest = 0;
    for (const Line& line : lines) widest = std::max(widest, line.width);
    return widest;
  }
  double height() const {
    double total = 0;
    for (const Line& line : lines) total += line.extent.above + line.extent.below;
    return total;
  }
};

/// Shapes `source` with `fonts` and breaks it into lines, at most `wrap_width` px wide if given.
/// place_lines() positions them. Errors: kLimit for lines that exceed Pango's range.
base::Result<Lines> make_lines(const scene::TextContent& content, const TextSource& source,
                               const FontChoice& fonts, std::optional<double> wrap_width);

/// Positions the lines within the padding; `content`: px between the padding.
/// Lines that are too wide overflow at their end, and lines that are too high at the bottom.
/// Baselines lie on whole pixels. Returns the top of the first line.
double place_lines(Lines& lines, const scene::TextStyle& style, base::SizeF content);

/// Whether the font has colour glyphs, as emoji fonts do.
bool draws_in_color(PangoFont* font);

/// The error for a text that is larger than a picture may be.
base::Error text_too_large();

}  // namespace layercast::content
