#pragma once

#include "scene/codec.h"
#include "scene/scene.h"

namespace layercast::scene {

/// The table of the whole scene file, schema version 1: reads, writes and describes a Scene.
/// Source: the scene-file chapter of scene(5), which is printed from it.
const Codec<Scene>& scene_codec();

/// The table of one layer, as scene_codec() uses it.
const Codec<Layer>& layer_codec();

/// The table of one output; one without `id` has none.
const Codec<Output>& output_codec();

/// The table of one animation.
const Codec<Animation>& animation_codec();

/// The table of one sound.
const Codec<AudioTrack>& audio_codec();

/// Gives every output without an id the first free name `output-N`, N from its place on, counted
/// from 1.
void name_outputs(std::vector<Output>& outputs);

/// `visual_feed`, as in a scene file.
std::string_view name_of(LayerType type);

}  // namespace layercast::scene
