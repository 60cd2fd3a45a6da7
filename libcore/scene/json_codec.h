#pragma once

#include "scene/value.h"

#include <string>

namespace layercast::scene {

/// JSON text of `value`, members in their order. `indent`: spaces a level; 0 writes one line.
std::string write_json(const Value& value, int indent = 2);

}  // namespace layercast::scene
