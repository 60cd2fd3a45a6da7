#pragma once

#include "base/time.h"
#include "scene/animation.h"
#include "scene/filter.h"
#include "scene/live_state.h"
#include "scene/run_state.h"

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
  bool operator==(const Pose&) const = default;
};

/// The layer's own values at `time`: between the old and the new ones while its transition plays,
/// in the manner of CSS transitions.
Pose pose_at(const RunningLayer& layer, const base::SceneTime& time);

/// The layer's own filters at `time`, its transition included.
std::vector<Filter> filters_at(const RunningLayer& layer, const base::SceneTime& time);

/// What the layer's animations add up to, those of `enter` and `exit` included. `enter` plays from
/// when the layer was last shown, `exit` from when it was hidden; backwards, when the layer was
/// shown again meanwhile.
LayerMotion motion_of(const RunningLayer& layer, const base::SceneTime& time,
                      const EdgeOffsets& edges);

/// Whether nothing of the layer shows at the stream time `now`: it is hidden, and its exit over.
bool is_gone(const RunningLayer& layer, base::Duration now);
/// From when on a hidden layer is gone; nullopt for one that is gone at any time, or visible.
std::optional<base::Duration> gone_from(const RunningLayer& layer);

/// Whether the layer's transform is its own at `time`: no transition, enter or exit changes it.
bool is_settled(const RunningLayer& layer, const base::SceneTime& time);

/// Whether the layer may be the same at every instant: nothing moves it.
bool is_motionless(const RunningLayer& layer);

/// Sets in `run`, whose `start` is that of `after` already, how `after` enters, changes and exits:
/// from where `before`, the same layer before a change at `now`, was.
void keep_showing(const RunningLayer& before, const Layer& after, LayerRun& run,
                  base::Duration now);

/// Takes the layer at `place` out of the scene; its exit plays if it has one.
void remove_layer(LiveState& state, size_t place, base::Duration now);
/// Replaces the scene's layers by `layers`: layers that are not among them exit. Their run states
/// are removed, those of `layers` are the caller's.
void replace_layers(LiveState& state, std::vector<base::Shared<Layer>> layers, base::Duration now);
/// Forgets the layers whose exit is over.
void forget_gone(LiveState& state, base::Duration now);

}  // namespace layercast::scene
