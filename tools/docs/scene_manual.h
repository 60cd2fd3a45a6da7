#pragma once

#include <string>

namespace layercast::tools {

/// The parts of scene(5) that come from the scene file's own tables, in mdoc(7).

/// A heading and a list of keys for each object of a scene file.
std::string mdoc_scene_tables();

/// Which content a layer of each type may hold, from the JSON Schema.
std::string mdoc_content_rules();

/// The bounds that no key's own range tells.
std::string mdoc_scene_limits();

}  // namespace layercast::tools
