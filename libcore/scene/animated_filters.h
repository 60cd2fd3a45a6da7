#pragma once

#include "base/time.h"
#include "scene/animation.h"
#include "scene/filter.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <vector>

namespace layercast::scene {

/// Whether a keyframe of one of them holds filters.
bool holds_filters(const std::vector<Animation>& animations);

/// Puts what the keyframes of the layer hold at the stream time `time`, those of `enter` and `exit`
/// included, in place of `filters`, the layer's own: from and to them where the first or the last
/// keyframe has none. Later animations stand in for earlier ones. Times as in motion_of().
/// Source: mixed() of scene/filter.h.
void replace_filters(const RunningLayer& layer, const base::SceneTime& time,
                     std::vector<Filter>& filters);

}  // namespace layercast::scene
