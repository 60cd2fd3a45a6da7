#pragma once

#include "scene/model/scene.h"

#include <string>
#include <vector>

namespace layercast::scene {

/// `path` itself if it is absolute or a URL, else resolved in `folder`.
std::string resolved_path(const std::string& path, const std::string& folder);

/// The values of a scene that its contents depend on besides their own layer.
struct SceneSettings {
  Canvas canvas;
  std::vector<std::string> fonts;  ///< font files, as the scene names them
  std::string folder;              ///< base of relative paths; empty: the working directory
  LayerDefaults defaults;

  /// resolved_path() in `folder`.
  std::string resolved(const std::string& path) const { return resolved_path(path, folder); }
};

/// The settings of `scene`, whose relative paths start from `folder`.
SceneSettings settings_of(const Scene& scene, std::string folder);

/// `scene` without its layers, sounds and outputs.
Scene head_of(const Scene& scene);

/// What `layer` shows on errors; `otherwise` if neither it nor the scene says.
OnError on_error_of(const Layer& layer, const LayerDefaults& defaults, OnError otherwise);

}  // namespace layercast::scene
