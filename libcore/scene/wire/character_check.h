#pragma once

#include "scene/wire/codec.h"

namespace layercast::scene {

/// Reports every state in a character, that of `state` and those of `talking`, that is no animation
/// of it.
void check_character(const Value& character, Reader& reader);

}  // namespace layercast::scene
