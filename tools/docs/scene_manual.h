#pragma once

#include <string>

namespace layercast::tools {

/// The parts of scene(5) that are generated from the tables of the scene file, in mdoc(7).

/// A heading and a list of keys for each kind of object.
std::string mdoc_scene_tables();

/// The contents that each layer type may have, from the JSON Schema.
std::string mdoc_content_rules();

/// The limits that do not belong to a single key.
std::string mdoc_scene_limits();

}  // namespace layercast::tools
