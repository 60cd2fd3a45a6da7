#pragma once

#include "base/time.h"
#include "scene/live/live_state.h"
#include "scene/model/animation.h"
#include "scene/model/filter.h"
#include "scene/model/run_state.h"

#include <cstddef>
#include <optional>
#include <vector>

/// How a layer enters, changes and exits: pure functions of the layer, its run state and the stream
/// time.
namespace layercast::scene {

/// A layer's own values at an instant.
struct Pose {
  double opacity = 1;
  Transform transform;
  std::optional<LengthSize> size = std::nullopt;  ///< absent: that of the content
  bool operator==(const Pose&) const = default;
};

/// The layer's own values at `time`; while its transition plays, they are interpolated from the old
/// ones as in CSS transitions.
Pose pose_at(const RunningLayer& layer, const base::SceneTime& time);

/// How far the cross-fade from the layer's former content has come at `time`; nullopt: it is over,
/// or there is none. It begins with the change, or when the new content was ready, at `ready`.
std::optional<double> content_progress(const RunningLayer& layer, base::Duration ready,
                                       const base::SceneTime& time);

/// The layer's own filters at `time`, including its transition.
std::vector<Filter> filters_at(const RunningLayer& layer, const base::SceneTime& time);

/// The combined effect of the layer's animations, including `enter` and `exit`. `enter` plays from
/// the time at which the layer was last shown, `exit` from the time at which it was hidden; if the
/// layer was shown again while `exit` played, it plays backwards.
LayerMotion motion_of(const RunningLayer& layer, const base::SceneTime& time,
                      const EdgeOffsets& edges);

/// Whether the layer is invisible at the stream time `now`: it is hidden and its exit is over.
bool is_gone(const RunningLayer& layer, base::Duration now);
/// The stream time from which a hidden layer is gone; nullopt if it is visible, or always gone.
std::optional<base::Duration> gone_from(const RunningLayer& layer);

/// Whether no transition, enter or exit changes the layer's transform or size at `time`.
bool is_settled(const RunningLayer& layer, const base::SceneTime& time);

/// Whether the layer has no transition, animation, enter or exit that moves it.
bool is_motionless(const RunningLayer& layer);

/// Sets in `run` how `after` enters, changes and exits, starting from the look of `before`, the
/// same layer before a change at `now`. Requires the final `start` in `run`.
void keep_showing(const RunningLayer& before, const Layer& after, LayerRun& run,
                  base::Duration now);

/// Removes the layer at `place` from the scene; its exit plays if it has one.
void remove_layer(LiveState& state, size_t place, base::Duration now);
/// Replaces the scene's layers by `layers`. Layers that are not among them exit, and their run
/// states are removed; the caller sets the run states of `layers`.
void replace_layers(LiveState& state, std::vector<base::Shared<Layer>> layers, base::Duration now);
/// Marks the layers that exit since `before` and masked another layer then.
void mark_exiting_masks(const LiveState& before, LiveState& state);
/// Removes exiting layers whose exit is over.
void forget_gone(LiveState& state, base::Duration now);

}  // namespace layercast::scene
