#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "base/time_limit.h"
#include "content/picture/moving.h"
#include "content/picture/raster.h"
#include "frame/recolor.h"
#include "scene/model/filter.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <optional>
#include <vector>

namespace layercast::render {

/// Whether animations change the filters of the layer.
bool animates_filters(const scene::Layer& layer);

/// The filters that are applied once to the picture of a content without motion.
const std::vector<scene::Filter>& lasting_filters(const scene::Layer& layer);

/// The clip that is applied once to the picture of a content without motion, before its filters;
/// nullopt: the clip has no such order, or clipping after the filters gives the same.
std::optional<scene::Clip> lasting_clip(const scene::Layer& layer);

/// Applies the filters of one layer to its parts; the result is cached until either changes. Colour
/// filters at the end of the list are left to the compositor, as recoloring().
class LayerEffects {
 public:
  /// Replaces `parts` by one part with the filters of the stream time `time` applied. A single part
  /// that has only colour filters stays unchanged. Does nothing without parts or filters. `box`:
  /// the layer's. `clip`: applied before the filters, if has_clipped() says so afterwards.
  /// Errors: kLimit if the picture would be too large, or when `limit` is over.
  base::Result<void> apply(const scene::RunningLayer& layer, const base::SceneTime& time,
                           base::SizeF box, const std::optional<scene::Clip>& clip,
                           std::vector<content::Part>& parts, const base::TimeLimit& limit = {});

  /// Whether the last apply() has clipped the parts.
  bool has_clipped() const { return has_clipped_; }

  /// The recolouring that the compositor must still apply after apply(); null for none.
  const frame::RecoloringPtr& recoloring() const { return recoloring_; }

 private:
  void update_filters(const scene::RunningLayer& layer, const base::SceneTime& time);
  base::Result<void> flatten(base::SizeF box, const std::optional<scene::Clip>& clip,
                             const std::vector<content::Part>& parts);
  base::Result<void> filter(const base::TimeLimit& limit);

  std::vector<scene::Filter> now_;  ///< at this instant, without the colour filters at the end
  std::vector<scene::ColorFilter> last_colors_;  ///< the colour filters at the end
  std::vector<scene::ColorFilter> colors_;       ///< the filters of `recoloring_`
  frame::RecoloringPtr recoloring_;
  std::vector<scene::Filter> filters_;  ///< the filters of `filtered_`
  std::vector<content::Part> sources_;  ///< the parts in `flat_`
  std::optional<scene::Clip> clip_;     ///< of `flat_`
  bool has_clipped_ = false;
  std::optional<content::Part> flat_;      ///< an upright picture
  std::optional<content::Part> filtered_;  ///< `flat_` with filters
};

}  // namespace layercast::render
