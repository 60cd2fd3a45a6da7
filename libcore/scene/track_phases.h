#pragma once

#include "base/time.h"
#include "scene/scene.h"

/// When what a live scene sounds like begins, as scene/phases.h has it for layers.
namespace layercast::scene {

/// A track that has not been heard yet begins at `now`.
void stamp(AudioTrack& track, base::Duration now);

/// `after` goes on where `before`, the same track before a change, was: it begins when that did,
/// unless it names another time, or another source, which begins at `now`. Animations that are in
/// both keep their starts; new ones begin at `now`.
void keep_phases(const AudioTrack& before, AudioTrack& after, base::Duration now);

/// `track` without the times that `wanted` leaves open.
AudioTrack with_open_times(AudioTrack track, const AudioTrack& wanted);

}  // namespace layercast::scene
