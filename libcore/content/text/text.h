#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/raster.h"
#include "content/text/fonts.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "scene/model/scene.h"

#include <optional>
#include <string_view>

namespace layercast::content {

/// Draws `text`, the content's text with expanded placeholders, in the content's style.
///
/// With a box, the text wraps at its width and lies at its top, or where `vertical_align` says; the
/// background fills it. Without
/// one, the layer box is the text and its padding, rounded up to an even number of pixels; as in
/// CSS, a text that wraps takes the full available width. Text beyond `max_lines` ends with an
/// ellipsis where the last line would have broken (CSS line-clamp). The picture contains all ink
/// and may extend beyond the box; its origin is in whole pixels. From back to front: background,
/// shadow, stroke, fill. A gradient spans the box around the lines. Colour emoji keep their
/// colours, take the fill's opacity, and get no stroke. The line height comes from the text's first
/// font, not from fallback fonts; without `line_height` it is that font's own, rounded to whole
/// pixels. Baselines lie on whole pixels. If the content's text has placeholders, digits have equal
/// widths, so that a clock does not jitter.
///
/// Invalid UTF-8 becomes U+FFFD; control characters are dropped, and so is one trailing line break.
/// Errors: kInvalidInput for bad markup, kLimit for text larger than a picture may be, and those of
/// FontLibrary::Use::choose().
/// Thread: any; waits for other users of `fonts`. Deterministic, whatever was drawn before. A text
/// of cached glyphs, such as a clock, takes a tenth of the time.
/// `scale`: pixels per px of the box; does not affect line breaks.
base::Result<Raster> rasterise_text(const scene::TextContent& content, std::string_view text,
                                    std::optional<base::SizeF> box, FontLibrary& fonts,
                                    base::SizeF scale = {1, 1});

/// A layer box of which a side may be unspecified.
struct TextBox {
  std::optional<double> width;   ///< absent: as wide as the unwrapped text
  std::optional<double> height;  ///< absent: as high as the text
};

/// The same with such a box.
base::Result<Raster> rasterise_text_within(const scene::TextContent& content, std::string_view text,
                                           const TextBox& box, FontLibrary& fonts,
                                           base::SizeF scale = {1, 1});

/// Draws a picture over `target` with the corner of its layer box at `position`, rounded to whole
/// pixels.
void paint_over(const frame::Picture& picture, base::PointF position,
                frame::ImageView<frame::PremulRgba8> target);

}  // namespace layercast::content
