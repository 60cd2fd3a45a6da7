#pragma once

#include "scene/model/scene.h"

namespace layercast::scene {

/// Whether both contents look the same: the volume of a video is ignored.
bool shows_the_same(const Content& a, const Content& b);

/// Whether a live change from one content to the other cross-fades, if the layer's transition says
/// how long: they look different, and are not two chats, whose messages move by themselves, or two
/// states of one character, which has a cross-fade of its own.
bool cross_fades(const Content& before, const Content& after);

}  // namespace layercast::scene
