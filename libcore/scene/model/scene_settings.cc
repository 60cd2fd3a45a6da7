#include "scene/model/scene_settings.h"

#include "base/redaction.h"

#include <filesystem>
#include <utility>

namespace layercast::scene {

std::string resolved_path(const std::string& path, const std::string& folder) {
  if (base::is_url(path)) return path;
  return (std::filesystem::path(folder) / path).string();
}

SceneSettings settings_of(const Scene& scene, std::string folder) {
  return {scene.canvas, scene.fonts, std::move(folder), scene.defaults};
}

OnError on_error_of(const Layer& layer, const LayerDefaults& defaults, OnError otherwise) {
  return layer.on_error.value_or(defaults.on_error.value_or(otherwise));
}

Scene head_of(const Scene& scene) {
  return {scene.name, scene.canvas, scene.duration, scene.fonts, scene.defaults, {}, {}, {}};
}

}  // namespace layercast::scene
