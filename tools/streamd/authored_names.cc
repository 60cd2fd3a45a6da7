#include "tools/streamd/authored_names.h"

#include "base/client_limits.h"
#include "layers/permission.h"
#include "scene/model/scene_settings.h"

#include <memory>
#include <utility>

namespace layercast::tools {

AuthoredNames authored_names(const StreamdSettings& settings, const scene::Scene& scene) {
  AuthoredNames names;
  const auto add = [&](const std::string& name) {
    names.insert(scene::resolved_path(name, settings.scene_folder));
  };
  for (const layers::FileName& name : layers::new_names(scene::Scene{}, scene)) add(name.text);
  for (const scene::Output& output : line_outputs(settings)) add(output.url);
  return names;
}

void limit_clients(const StreamdSettings& settings, AuthoredNames authored) {
  base::set_client_limits(std::make_shared<const base::ClientLimits>(
      base::ClientLimits{settings.assets_folder, std::move(authored), settings.source_hosts}));
}

}  // namespace layercast::tools
