#include "scene/live_state.h"

#include "scene/phases.h"

#include <utility>

namespace layercast::scene {

LiveState first_state(Scene scene, WallTime epoch) {
  LiveState state;
  state.revision = 1;
  state.scene = std::move(scene);
  state.epoch = epoch;
  for (Layer& layer : state.scene.layers) stamp(layer, base::Duration{});
  return state;
}

}  // namespace layercast::scene
