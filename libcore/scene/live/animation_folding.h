#pragma once

#include "base/time.h"
#include "scene/model/animation.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

#include <cstdint>
#include <optional>
#include <string_view>

/// The state of animations on a live layer, and how those that are over are combined. Pure.
namespace layercast::scene {

enum class AnimationPhase : uint8_t {
  kWaiting,  ///< it has not begun: the layer was not shown yet, or the delay has not passed
  kRunning,
  kHolding,  ///< it is over, and its fill mode keeps its final value
  kOver,     ///< it is over, and has no effect
};

/// `waiting`, `running`, `holding`, `over`.
std::string_view name_of(AnimationPhase phase);

/// The phase at the stream time `now` of an animation that starts at `start`; nullopt: with a layer
/// that was not shown yet.
AnimationPhase phase_of(const Animation& animation, std::optional<base::Duration> start,
                        base::Duration now);

/// The number of animations of the layer that play at `now`, including `enter` and `exit`.
/// Allocates nothing.
int playing_animations(const RunningLayer& layer, base::Duration now);

/// Combines the animations that were added to a live layer and are over at `now`: those without
/// effect are removed, and those that hold a value are replaced by one animation of each kind that
/// holds the combined value. The look of the layer stays the same. Animations of a scene file,
/// which have no start of their own, scrolls, and animations of filters, of the volume and towards
/// an edge stay as they are, and so do combinations that would exceed the limits of a scene file.
void fold_ended_animations(Layer& layer, LayerRun& run, base::Duration now);

}  // namespace layercast::scene
