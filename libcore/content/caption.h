#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/fonts.h"
#include "content/raster.h"
#include "scene/scene.h"

#include <optional>
#include <string>

namespace layercast::content {

/// What a visual feed is captioned with.
struct Caption {
  scene::Metadata metadata;
  std::optional<std::string> text;  ///< a template (scene/caption.h)
};

/// The caption of a visual feed: a dark translucent bar along the bottom of `box`. Without a
/// template it shows the first value in bold, the others under it in one line with " · " between
/// them; with one, what the template says, all alike, in one line, or two where it has a line
/// break. Each line is cut with an ellipsis at the bar's width. The picture is the bar alone, at
/// its place in the box; transparent when there is nothing to say.
/// Errors: those of rasterise_text().
/// Thread: any; waits for other users of `fonts`.
base::Result<Raster> rasterise_caption(const Caption& caption, base::SizeF box, FontLibrary& fonts);

}  // namespace layercast::content
