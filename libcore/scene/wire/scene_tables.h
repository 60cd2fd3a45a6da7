#pragma once

#include "scene/model/scene.h"
#include "scene/wire/codec.h"

namespace layercast::scene {

/// The codec of a whole scene file, schema version 1.
/// The section KEYS of scene(5) is generated from it.
const Codec<Scene>& scene_codec();

/// The codec of one layer, as scene_codec() uses it.
const Codec<Layer>& layer_codec();

/// The codec of one output. The id of an output without `id` stays empty.
const Codec<Output>& output_codec();

/// The codec of one animation.
const Codec<Animation>& animation_codec();

/// The codec of one sound.
const Codec<AudioTrack>& audio_codec();

/// Gives every output without an id the first free name `output-N`, where N starts at its place in
/// the list, counted from 1.
void name_outputs(std::vector<Output>& outputs);

/// The name in a scene file, such as `visual_feed`.
std::string_view name_of(LayerType type);

}  // namespace layercast::scene
