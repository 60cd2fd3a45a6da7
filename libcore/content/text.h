#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/fonts.h"
#include "content/raster.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "scene/scene.h"

#include <optional>
#include <string_view>

namespace layercast::content {

/// Draws `text`, the content's text with its placeholders already expanded, in the content's style.
///
/// With a box the text starts at its top, wraps at its width, and the background fills it; without
/// one the layer box is the text and its padding, in whole pixels, an even number of them; a text
/// that wraps is as wide as it may be, as in CSS. What does not fit into `max_lines` ends with an
/// ellipsis where the last line would have broken (CSS line-clamp). The picture holds all ink, and
/// so may reach outside the box; its origin is in whole pixels. From the back to the front:
/// background, shadow, stroke, fill. The gradient runs over the box around the lines. Colour emoji
/// keep their colours, take the fill's opacity, and get no stroke. A line's height comes from the
/// first font of the text, whatever fonts stand in for it; without `line_height` it is that font's
/// own, rounded to whole pixels. Baselines are at whole pixels. When the content's text has
/// placeholders, digits are all equally wide, so that a clock does not wobble.
///
/// Bytes that are not UTF-8 become U+FFFD; control characters are dropped; one line break at the
/// end does not count.
/// Errors: kInvalidInput for bad markup, kLimit for text larger than a picture may be, and those of
/// FontLibrary::Use::choose().
/// Thread: any; waits for other users of `fonts`. The same arguments give the same bytes, whatever
/// was drawn before; a text whose glyphs were drawn before, as a clock's, costs a tenth.
/// `scale`: pixels for a px of the box; lines break as they do without.
base::Result<Raster> rasterise_text(const scene::TextContent& content, std::string_view text,
                                    std::optional<base::SizeF> box, FontLibrary& fonts,
                                    base::SizeF scale = {1, 1});

/// A layer box that may be open to one side.
struct TextBox {
  std::optional<double> width;   ///< absent: as wide as the text, which does not wrap
  std::optional<double> height;  ///< absent: as high as the text
};

/// The same in such a box.
base::Result<Raster> rasterise_text_within(const scene::TextContent& content, std::string_view text,
                                           const TextBox& box, FontLibrary& fonts,
                                           base::SizeF scale = {1, 1});

/// Draws a picture over `target` with the corner of its layer box at `position`, in whole pixels.
void paint_over(const frame::Picture& picture, base::PointF position,
                frame::ImageView<frame::PremulRgba8> target);

}  // namespace layercast::content
