#pragma once

#include "scene/wire/scene_file.h"

#include <string>
#include <vector>

namespace layercast::tools {

/// One line for each file that the scene reads and that does not exist or cannot be opened, with
/// its place in the scene file. URLs are not checked; pipes and devices are not opened.
std::vector<std::string> file_faults(const scene::SceneFile& file);

}  // namespace layercast::tools
