#pragma once

#include "base/time.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <optional>
#include <string>
#include <vector>

/// What a scene sounds like at an instant: which sources play from when, and how loud.
namespace layercast::scene {

/// What plays, and since when.
struct SoundSource {
  std::string source;  ///< as the scene has it
  bool is_video = false;
  base::Duration start{};
  std::optional<base::Duration> end;
  bool loop = false;
  double rate = 1;
  base::Duration begins{};  ///< stream time of what is at `start`
  bool operator==(const SoundSource&) const = default;
};

/// What a layer plays: its video, or that of the character's present state. Nothing where that is
/// no video. Whether the layer shows is the volume's concern.
std::optional<SoundSource> sound_of(const RunningLayer& layer);
SoundSource sound_of(const RunningTrack& track);

/// The factor that animations come to for the volume at the stream time `time`: volume effects and
/// what keyframes say of volume, multiplied. Starts as in motion_at(). Range: 0 and up.
double animated_volume(const std::vector<Animation>& animations, const base::SceneTime& time,
                       base::Duration default_start, const AnimationStarts& starts = {});

/// The factor of the amplitude of a layer's sound: that of its video, times its animations'; 0
/// while it is muted or hidden. A layer that exits sounds until its exit is over.
double volume_at(const RunningLayer& layer, const base::SceneTime& time);

/// The same of a track, with its fades, which are straight lines. `ends`: the stream time at which
/// it or the scene is over; absent: never.
double volume_at(const RunningTrack& track, const base::SceneTime& time,
                 std::optional<base::Duration> ends);

}  // namespace layercast::scene
