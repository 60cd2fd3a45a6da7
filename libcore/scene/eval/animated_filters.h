#pragma once

#include "base/time.h"
#include "scene/model/animation.h"
#include "scene/model/filter.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <vector>

namespace layercast::scene {

/// Whether any keyframe of the animations has filters.
bool holds_filters(const std::vector<Animation>& animations);

/// Replaces `filters`, the layer's own, by those of its keyframes at the stream time `time`,
/// including the keyframes of `enter` and `exit`. Where an animation has no keyframe at 0 or at 1,
/// its values come from and return to `filters`. Later animations replace the result of earlier
/// ones. Times as in motion_of().
/// Source: mixed() of scene/model/filter.h.
void replace_filters(const RunningLayer& layer, const base::SceneTime& time,
                     std::vector<Filter>& filters);

}  // namespace layercast::scene
