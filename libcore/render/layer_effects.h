#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/moving.h"
#include "content/raster.h"
#include "scene/filter.h"
#include "scene/scene.h"

#include <optional>
#include <vector>

namespace layercast::render {

/// Whether the filters of the layer differ from one instant to another.
bool animates_filters(const scene::Layer& layer);

/// The filters that a picture of the layer's content is made with, once, where it stands still.
const std::vector<scene::Filter>& lasting_filters(const scene::Layer& layer);

/// What the filters of one layer make of its parts: made anew only when either changes.
class LayerEffects {
 public:
  /// Puts one part, filtered as the layer is at the stream time `time`, in place of `parts`.
  /// Nothing happens where there are no parts, or nothing is done to them. `box`: the layer's.
  /// Errors: kLimit for a picture that would be too large.
  base::Result<void> apply(const scene::Layer& layer, const base::SceneTime& time, base::SizeF box,
                           std::vector<content::Part>& parts);

 private:
  bool update_filters(const scene::Layer& layer, const base::SceneTime& time);
  base::Result<void> flatten(base::SizeF box, const std::vector<content::Part>& parts);

  std::vector<scene::Filter> now_;         ///< at this instant
  std::vector<scene::Filter> filters_;     ///< what `filtered_` was made with
  std::vector<content::Part> sources_;     ///< what `flat_` was made of
  std::optional<content::Part> flat_;      ///< an upright picture
  std::optional<content::Part> filtered_;  ///< of `flat_`
};

}  // namespace layercast::render
