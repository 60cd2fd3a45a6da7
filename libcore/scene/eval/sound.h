#pragma once

#include "base/time.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <optional>
#include <string>
#include <vector>

/// The sound of a scene at an instant: which sources play, since when, and how loud.
namespace layercast::scene {

/// A source of sound, the range that plays, and when it began.
struct SoundSource {
  std::string source;  ///< as written in the scene
  bool is_video = false;
  base::Duration start{};
  std::optional<base::Duration> end;
  bool loop = false;
  double rate = 1;
  base::Duration begins{};  ///< stream time at which `start` is heard
  bool operator==(const SoundSource&) const = default;
};

/// The sound of a layer: that of its video, or of the video of the character's current state.
/// Nullopt for other contents. It does not depend on the visibility of the layer; volume_at() does.
std::optional<SoundSource> sound_of(const RunningLayer& layer);
SoundSource sound_of(const RunningTrack& track);

/// The volume factor of the animations at the stream time `time`: the product of volume effects and
/// of the volume of keyframes. Starts as in motion_at(). Range: 0 and up.
double animated_volume(const std::vector<Animation>& animations, const base::SceneTime& time,
                       base::Duration default_start, const AnimationStarts& starts = {});

/// The amplitude factor of a layer's sound: the volume of its video times that of its animations; 0
/// while it is muted or hidden. A layer that exits is heard until its exit is over.
double volume_at(const RunningLayer& layer, const base::SceneTime& time);

/// The amplitude factor of a track, with its linear fades. `ends`: the stream time at which the
/// track or the scene ends; absent: never.
double volume_at(const RunningTrack& track, const base::SceneTime& time,
                 std::optional<base::Duration> ends);

}  // namespace layercast::scene
