#include "scene/track_phases.h"

#include "scene/phases.h"

#include <algorithm>

namespace layercast::scene {

using base::Duration;

void stamp(AudioTrack& track, Duration now) {
  if (!track.begins) track.begins = now;
}

void keep_phases(const AudioTrack& before, AudioTrack& after, Duration now) {
  const bool is_given = after.begins && after.begins != before.begins;
  if (!is_given) after.begins = before.source == after.source ? before.begins : now;
  for (Animation& each : after.animations) {
    if (each.start) continue;
    const auto known = std::ranges::find_if(
        before.animations, [&](const Animation& old) { return is_same_motion(old, each); });
    if (known != before.animations.end()) {
      each.start = known->start;
    } else if (before.begins) {
      each.start = now;
    }
  }
}

AudioTrack with_open_times(AudioTrack track, const AudioTrack& wanted) {
  if (!wanted.begins) track.begins.reset();
  if (!std::ranges::equal(track.animations, wanted.animations, is_same_motion)) return track;
  for (size_t i = 0; i < track.animations.size(); ++i) {
    if (!wanted.animations[i].start) track.animations[i].start.reset();
  }
  return track;
}

}  // namespace layercast::scene
