#pragma once

#include "scene/codec.h"
#include "scene/scene.h"

namespace layercast::scene {

/// The table of the whole scene file, schema version 1: reads, writes and describes a Scene.
/// Source: the scene-file chapter of scene(5), which is printed from it.
const Codec<Scene>& scene_codec();

/// The table of one layer, as scene_codec() uses it.
const Codec<Layer>& layer_codec();

/// Reads `6M`, `2500k` or plain bits per second; nullopt beyond the limits.
std::optional<int64_t> parse_bitrate(std::string_view text);

/// `visual_feed`, as in a scene file.
std::string_view name_of(LayerType type);

}  // namespace layercast::scene
