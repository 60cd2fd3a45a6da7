#pragma once

#include "base/time.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

/// How commands change the run state of sounds, as scene/live/phases.h does for layers.
namespace layercast::scene {

/// The run state of a new track, which begins at `now`.
TrackRun first_run(const AudioTrack& track, base::Duration now);

/// The run state of `after`, which replaces `before`, the same track, at `now`. It keeps the start
/// of `before` unless the source changes; a new source begins at `now`. Animations in both keep
/// their starts; new ones begin at `now`.
TrackRun run_after(const RunningTrack& before, const AudioTrack& after, base::Duration now);

}  // namespace layercast::scene
