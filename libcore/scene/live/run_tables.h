#pragma once

#include "scene/model/run_state.h"
#include "scene/wire/codec.h"

namespace layercast::scene {

/// The codec of a layer's run state as the store keeps it and clients read it, without its id.
const Codec<LayerRun>& layer_run_codec();
/// The same for a sound.
const Codec<TrackRun>& track_run_codec();

}  // namespace layercast::scene
