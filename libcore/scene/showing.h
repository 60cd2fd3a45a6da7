#pragma once

#include "base/time.h"
#include "scene/animation.h"
#include "scene/filter.h"
#include "scene/live_state.h"
#include "scene/scene.h"

#include <cstddef>
#include <optional>
#include <vector>

/// How a layer comes, glides and goes: pure functions of the layer and the stream time.
namespace layercast::scene {

/// A layer's own values at an instant.
struct Pose {
  double opacity = 1;
  Transform transform;
  bool operator==(const Pose&) const = default;
};

/// The layer's own values at `time`: on their way while they glide, in the manner of CSS
/// transitions.
Pose pose_at(const Layer& layer, const base::SceneTime& time);

/// The layer's own filters at `time`: as far on their way as they have glided.
std::vector<Filter> filters_at(const Layer& layer, const base::SceneTime& time);

/// What the layer's animations add up to, those of `enter` and `exit` included. `enter` plays from
/// when the layer was last shown, `exit` from when it was hidden; backwards, when the layer was
/// shown again meanwhile.
LayerMotion motion_of(const Layer& layer, const base::SceneTime& time, const EdgeOffsets& edges);

/// Whether nothing of the layer shows at the stream time `now`: it is hidden, and its exit over.
bool is_gone(const Layer& layer, base::Duration now);
/// From when on a hidden layer is gone; nullopt for one that is gone whenever it is looked at, or
/// visible.
std::optional<base::Duration> gone_from(const Layer& layer);

/// Whether the layer's transform is its own at `time`: it neither glides, enters nor leaves.
bool is_settled(const Layer& layer, const base::SceneTime& time);

/// Whether the layer may be the same at every instant: nothing moves it.
bool is_motionless(const Layer& layer);

/// `after`, the same layer after a change at `now`, comes, goes and glides on from where `before`
/// was then. Its start is settled already.
void keep_showing(const Layer& before, Layer& after, base::Duration now);

/// What is kept of a layer that a live scene shows is taken off it.
void forget_showing(Layer& layer);

/// Takes the layer at `place` out of the scene; it goes on leaving if its exit plays.
void remove_layer(LiveState& state, size_t place, base::Duration now);
/// The scene has `layers` instead of its own: those that are in it no more leave.
void replace_layers(LiveState& state, std::vector<Layer> layers, base::Duration now);
/// Layers that have left are forgotten.
void forget_gone(LiveState& state, base::Duration now);

}  // namespace layercast::scene
