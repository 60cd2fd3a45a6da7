#pragma once

#include "scene/model/scene.h"
#include "scene/wire/codec.h"

/// The tables of what follows a sound of the scene.
namespace layercast::scene {

/// The table of a meter.
ObjectTable<MeterContent> meter_table();
/// The codec of `talking` of a character.
Codec<Talking> talking();
/// The name of a sound that exists in the scene; check_followed_sounds() checks that.
Codec<std::string> sound_name();

/// Reports every `of` and `voice` in `scene` that names no layer and no sound of it, and warns of
/// those that name a layer without sound.
void check_followed_sounds(const Value& scene, Reader& reader);

}  // namespace layercast::scene
