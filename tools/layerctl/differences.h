#pragma once

#include "scene/scene.h"

#include <string>

namespace layercast::tools {

/// What differs between two scenes, for people: under the name of each layer and output that does,
/// `- key: value` for what `from` has and `+ key: value` for what `to` has. A key that a redacted
/// URL hides is no difference.
std::string differences_text(const scene::Scene& from, const scene::Scene& to);

}  // namespace layercast::tools
