#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/picture/raster.h"
#include "content/text/fonts.h"
#include "scene/model/scene.h"

#include <optional>
#include <string>

namespace layercast::content {

/// The content of a visual feed's caption.
struct Caption {
  scene::Metadata metadata;
  std::optional<std::string> text;  ///< a template (scene/model/caption.h)
};

/// Draws the caption of a visual feed: a dark translucent bar along the bottom of `box`. Without a
/// template it shows the first value in bold, and the others on one line below it, joined by " · ".
/// A template is shown in one style on one line, or on two where it has a line break. Lines that
/// exceed the bar's width end with an ellipsis. The picture covers only the bar; it is transparent
/// when there is no text.
/// Errors: those of rasterise_text().
/// Thread: any; waits for other users of `fonts`.
base::Result<Raster> rasterise_caption(const Caption& caption, base::SizeF box, FontLibrary& fonts);

}  // namespace layercast::content
