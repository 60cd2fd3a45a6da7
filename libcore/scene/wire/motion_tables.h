#pragma once

#include "scene/model/animation.h"
#include "scene/model/filter.h"
#include "scene/model/scene.h"
#include "scene/wire/codec.h"

namespace layercast::scene {

/// The codec of one filter: `{blur: 8}`, `{hue_rotate: 90}`, `{drop_shadow: {…}}`.
Codec<Filter> filter();
Codec<std::vector<Filter>> filters();

/// The codec of one animation.
Codec<Animation> animation();
/// The codec of `enter`, whose animations begin when the layer is shown.
Codec<std::vector<Animation>> entrances();
/// The codec of `exit`, whose animations begin when the layer is hidden or removed, and must end.
Codec<std::vector<Animation>> exits();

/// The codec of a layer's transform.
Codec<Transform> transform();

/// The codec of a layer's transition.
Codec<Transition> transition();

}  // namespace layercast::scene
