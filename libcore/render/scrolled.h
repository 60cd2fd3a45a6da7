#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "content/moving.h"
#include "content/raster.h"
#include "scene/animation.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <vector>

namespace layercast::render {

/// How far, in px, a scroll that began at `start`, of a content that comes again after `period` px,
/// has moved at `time`. From exact
/// time, so that it does not drift. Range: 0 to below `period`.
double scrolled_by(const scene::Animation& scroll, double period, const base::SceneTime& time,
                   base::Duration start);

/// `part`, which shows `raster`, lies where the layer's scroll has brought it at the stream time
/// `time`. Nothing happens to a picture that does not repeat.
void scroll(const scene::RunningLayer& layer, const content::Raster& raster,
            const base::SceneTime& time, content::Part& part);

/// The same for the parts of a content that moves by itself, in a box of the size `box`: they are
/// repeated, and go by whole px.
void scroll(const scene::RunningLayer& layer, base::SizeF box, const base::SceneTime& time,
            std::vector<content::Part>& parts);

}  // namespace layercast::render
