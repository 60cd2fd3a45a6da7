#pragma once

#include "scene/model/scene.h"
#include "tools/streamd/settings.h"

#include <set>
#include <string>

namespace layercast::tools {

using AuthoredNames = std::set<std::string, std::less<>>;

/// The files, as they are opened, and the URLs that the scene file and the command line name.
AuthoredNames authored_names(const StreamdSettings& settings, const scene::Scene& scene);

/// Limits all other names in the process to what clients may use.
void limit_clients(const StreamdSettings& settings, AuthoredNames authored);

}  // namespace layercast::tools
