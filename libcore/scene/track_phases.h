#pragma once

#include "base/time.h"
#include "scene/run_state.h"
#include "scene/scene.h"

/// When the sounds of a live scene begin, as scene/phases.h has it for layers.
namespace layercast::scene {

/// The run state of a track that a scene did not have before: it begins at `now`.
TrackRun first_run(const AudioTrack& track, base::Duration now);

/// The run state of `after`, which replaces `before`, the same track, at `now`: it keeps the start
/// of `before`, unless it has another source, which begins at `now`. Animations that are in both
/// keep their starts; new ones begin at `now`.
TrackRun run_after(const RunningTrack& before, const AudioTrack& after, base::Duration now);

}  // namespace layercast::scene
