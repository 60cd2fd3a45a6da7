#pragma once

#include "scene/model/scene.h"

#include <string>

namespace layercast::tools {

/// A readable list of the differences between two scenes: below the name of each layer and output
/// that differs, `- key: value` for values of `from` and `+ key: value` for values of `to`. A URL
/// and its redacted form count as equal.
std::string differences_text(const scene::Scene& from, const scene::Scene& to);

}  // namespace layercast::tools
