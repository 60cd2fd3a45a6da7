#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

namespace layercast::scene {

/// Whether keyframes change the size of the layer box.
bool animates_size(const Layer& layer);

/// Whether the size of the layer box may change over time: by a transition or by keyframes.
bool changes_size(const RunningLayer& layer);

/// The size of the layer box at the stream time `time`, in px, at least 1 × 1. `own`: its size
/// without changes. Keyframes replace the size as replace_filters() replaces filters.
/// Range: the layer is resolved(), see scene/eval/resolved.h.
base::SizeF size_at(const RunningLayer& layer, base::SizeF own, const base::SceneTime& time);

}  // namespace layercast::scene
