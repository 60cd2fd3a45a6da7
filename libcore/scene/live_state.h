#pragma once

#include "base/time.h"
#include "scene/placeholder.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::scene {

/// What a live stream is doing.
enum class Transmission : uint8_t {
  kStopped,  ///< nothing is rendered; outputs are finished
  kOnAir,
  kPaused,  ///< the picture stands still; outputs stay live
};

/// How the picture is encoded where an output does not say otherwise.
struct StreamSettings {
  std::string codec = "h264";
  std::string preset = "veryfast";
  int64_t bitrate = 6'000'000;  ///< bits per second
  base::Duration keyframe_interval = std::chrono::seconds(2);
  bool operator==(const StreamSettings&) const = default;
};

/// All that a live daemon must remember: a value that is never changed once made. What a person
/// wrote is `scene`; an export is that alone.
struct LiveState {
  int64_t revision = 0;               ///< one higher with every change
  Scene scene;                        ///< as it was authored
  RunState run;                       ///< when its parts began
  std::optional<std::string> active;  ///< the id of the active layer
  StreamSettings stream;
  Transmission transmission = Transmission::kOnAir;
  WallTime epoch{};  ///< the wall clock at stream time 0; stream time continues over restarts
  bool operator==(const LiveState&) const = default;
};

/// What goes on air first: revision 1 of `scene`, whose visible layers begin at stream time 0. The
/// others begin when they are first shown.
LiveState first_state(Scene scene, WallTime epoch);

/// The layer at `place` of the scene, with its run state. Ownership: borrowed from `state`.
RunningLayer running_layer(const LiveState& state, size_t place);

using LiveStatePtr = std::shared_ptr<const LiveState>;

}  // namespace layercast::scene
