#pragma once

#include "base/error.h"
#include "content/fonts.h"
#include "content/text_pango.h"
#include "content/text_source.h"
#include "scene/scene.h"

#include <optional>
#include <vector>

namespace layercast::content {

/// How far a line reaches, in px.
struct Extent {
  double above;  ///< the baseline
  double below;
};

/// One line of shaped text. Units: px.
struct Line {
  PangoLayoutLine* line;  ///< owned by its layout
  double width;           ///< with the space after the last letter
  double lead;            ///< of that, to the left of the glyphs
  bool right_to_left;
  Extent extent;
  double x = 0;  ///< of its left end, in the layer box
  double baseline = 0;
};

/// A text's lines from the top, and the layouts that hold their glyphs.
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

/// Shapes `source` with `fonts` and breaks it into lines, at most `wrap_width` px wide when there
/// is one. The lines have no places yet. Errors: kLimit for lines that Pango could not measure.
base::Result<Lines> make_lines(const scene::TextContent& content, const TextSource& source,
                               const FontChoice& fonts, std::optional<double> wrap_width);

/// Gives each line its place between the paddings, `content_width` px apart. What does not fit
/// overflows at the line's end. Baselines are at whole pixels.
void place_lines(Lines& lines, const scene::TextStyle& style, double content_width);

/// Whether a font's glyphs have colours of their own, as emoji do.
bool draws_in_color(PangoFont* font);

/// That a text is larger than a picture may be.
base::Error text_too_large();

}  // namespace layercast::content
