#include "scene/live/live_state.h"

#include "scene/live/phases.h"
#include "scene/live/track_phases.h"

#include <utility>

namespace layercast::scene {

LiveState first_state(Scene scene, WallTime epoch) {
  LiveState state;
  state.revision = 1;
  state.scene = std::move(scene);
  state.epoch = epoch;
  for (const auto& layer : state.scene.layers) {
    state.run.layers.set(first_run(*layer, base::Duration{}));
  }
  for (const AudioTrack& track : state.scene.audio) {
    state.run.audio.set(first_run(track, base::Duration{}));
  }
  return state;
}

base::SizeI frame_size_of(const LiveState& state) {
  return state.frame_size.value_or(state.scene.canvas.size);
}

RunningLayer running_layer(const LiveState& state, size_t place) {
  const Layer& layer = *state.scene.layers.at(place);
  return {layer, *state.run.layers.of(layer.id)};
}

}  // namespace layercast::scene
