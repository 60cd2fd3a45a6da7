#pragma once

#include "scene/animation.h"
#include "scene/codec.h"
#include "scene/filter.h"
#include "scene/scene.h"

namespace layercast::scene {

/// One filter, as CSS names it: `{blur: 8}`, `{hue_rotate: 90}`, `{drop_shadow: {…}}`.
Codec<Filter> filter();
Codec<std::vector<Filter>> filters();

/// One animation.
Codec<Animation> animation();
/// Those of `enter`: they begin when the layer is shown.
Codec<std::vector<Animation>> entrances();
/// Those of `exit`: they begin when it is hidden or removed, and end.
Codec<std::vector<Animation>> exits();

/// Where a layer lies.
Codec<Transform> transform();

/// How a live change is shown.
Codec<Transition> transition();

}  // namespace layercast::scene
