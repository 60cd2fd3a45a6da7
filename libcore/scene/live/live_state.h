#pragma once

#include "base/geometry.h"
#include "base/time.h"
#include "scene/model/placeholder.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

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
  kPaused,  ///< the picture freezes; outputs stay live
};

/// How the picture is encoded, unless an output has its own settings.
struct StreamSettings {
  std::string codec = "h264";
  std::string preset = "veryfast";
  int64_t bitrate = 6'000'000;  ///< bits per second
  base::Duration keyframe_interval = std::chrono::seconds(2);
  bool operator==(const StreamSettings&) const = default;
};

/// The complete state of a live daemon; an immutable value. `scene` is the part that users write,
/// and the only part that an export contains.
struct LiveState {
  int64_t revision = 0;               ///< one higher with every change
  Scene scene;                        ///< as it was authored
  RunState run;                       ///< when the parts of the scene began
  std::optional<std::string> active;  ///< the id of the active layer
  StreamSettings stream;
  Transmission transmission = Transmission::kOnAir;
  WallTime epoch{};  ///< the wall clock at stream time 0; stream time continues over restarts
  /// The size of the stream's frames, into which the canvas is scaled; absent: that of the canvas.
  std::optional<base::SizeI> frame_size = std::nullopt;
  bool operator==(const LiveState&) const = default;
};

/// Revision 1 of a live scene. Its visible layers begin at stream time 0; the others begin when
/// they are first shown.
LiveState first_state(Scene scene, WallTime epoch);

/// The size of the stream's frames.
base::SizeI frame_size_of(const LiveState& state);

/// The layer at `place` of the scene, with its run state. Ownership: borrowed from `state`.
RunningLayer running_layer(const LiveState& state, size_t place);

using LiveStatePtr = std::shared_ptr<const LiveState>;

}  // namespace layercast::scene
