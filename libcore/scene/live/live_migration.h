#pragma once

#include "scene/wire/value.h"

/// Reads stored states of layercast 0.1, which kept run state inside layers and sounds.
namespace layercast::scene {

/// Moves the run state out of `layer`, the document of a layer as version 0.1 stored it, and
/// returns it as layer_run_codec() reads it.
Value take_run_of_layer(Value& layer);
/// Does the same for a sound; the result is for track_run_codec().
Value take_run_of_track(Value& track);

}  // namespace layercast::scene
