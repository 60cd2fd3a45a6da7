#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/moving.h"
#include "content/raster.h"
#include "frame/recolor.h"
#include "scene/filter.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <optional>
#include <vector>

namespace layercast::render {

/// Whether the filters of the layer differ from one instant to another.
bool animates_filters(const scene::Layer& layer);

/// The filters that a picture of the layer's content is made with, once, where it stands still.
const std::vector<scene::Filter>& lasting_filters(const scene::Layer& layer);

/// What the filters of one layer make of its parts: made anew only when either changes. Filters of
/// colours that come last are left to whoever draws the parts.
class LayerEffects {
 public:
  /// Puts one part, filtered as the layer is at the stream time `time`, in place of `parts`; the
  /// parts are left as they are where there is one and its colours alone are filtered.
  /// Nothing happens where there are no parts, or nothing is done to them. `box`: the layer's.
  /// Errors: kLimit for a picture that would be too large.
  base::Result<void> apply(const scene::RunningLayer& layer, const base::SceneTime& time,
                           base::SizeF box, std::vector<content::Part>& parts);

  /// What is still to be done to the pixels of the part after apply(); null for nothing.
  const frame::RecoloringPtr& recoloring() const { return recoloring_; }

 private:
  void update_filters(const scene::RunningLayer& layer, const base::SceneTime& time);
  base::Result<void> flatten(base::SizeF box, const std::vector<content::Part>& parts);
  base::Result<void> filter();

  std::vector<scene::Filter> now_;               ///< at this instant, but for the last ones
  std::vector<scene::ColorFilter> last_colors_;  ///< those
  std::vector<scene::ColorFilter> colors_;       ///< what `recoloring_` was made with
  frame::RecoloringPtr recoloring_;
  std::vector<scene::Filter> filters_;     ///< what `filtered_` was made with
  std::vector<content::Part> sources_;     ///< what `flat_` was made of
  std::optional<content::Part> flat_;      ///< an upright picture
  std::optional<content::Part> filtered_;  ///< of `flat_`
};

}  // namespace layercast::render
