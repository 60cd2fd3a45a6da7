#include "scene/live/track_phases.h"

#include "scene/live/phases.h"

#include <optional>

namespace layercast::scene {

TrackRun first_run(const AudioTrack& track, base::Duration now) {
  return {track.id, now, AnimationStarts(track.animations.size())};
}

TrackRun run_after(const RunningTrack& before, const AudioTrack& after, base::Duration now) {
  const auto& start = before.run.start;
  return {after.id, before.track.source == after.source ? start : now,
          starts_after(before.track.animations, before.run.animations, after.animations,
                       start ? std::optional(now) : std::nullopt)};
}

}  // namespace layercast::scene
