#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "content/picture/moving.h"
#include "content/picture/raster.h"
#include "scene/model/animation.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <vector>

namespace layercast::render {

/// The distance that a scroll that began at `start` has moved at `time`, modulo `period`, the
/// distance after which the content repeats. Units: px. Computed from exact time, so that it does
/// not drift. Range: 0 to below `period`.
double scrolled_by(const scene::Animation& scroll, double period, const base::SceneTime& time,
                   base::Duration start);

/// Moves `part`, which shows `raster`, to the position of the layer's scroll at the stream time
/// `time`. Does nothing to a picture that does not repeat.
void scroll(const scene::RunningLayer& layer, const content::Raster& raster,
            const base::SceneTime& time, content::Part& part);

/// The same for the parts of a moving content in a box of the size `box`. The parts are repeated,
/// and move by whole px.
void scroll(const scene::RunningLayer& layer, base::SizeF box, const base::SceneTime& time,
            std::vector<content::Part>& parts);

}  // namespace layercast::render
