#pragma once

#include "scene/model/scene.h"
#include "scene/model/scene_settings.h"
#include "stream/asset_watch.h"

#include <string>
#include <vector>

/// The files that the contents of layers are made of. Thread: any.
namespace layercast::stream {

/// The files and URLs that a layer names; that of its mask belongs to another content.
struct UsedFiles {
  std::vector<std::string> files;  ///< resolved
  bool has_urls = false;
};
UsedFiles files_of(const scene::Layer& layer, const scene::SceneSettings& settings);

/// The files with their present identities.
AssetFiles identified(const std::vector<std::string>& files);
/// Whether one of the files has another identity now.
bool is_outdated(const AssetFiles& files);

/// The font files of a scene, resolved.
std::vector<std::string> fonts_of(const scene::SceneSettings& settings);

/// Whether the file is a font, by its ending.
bool is_font_file(const std::string& path);

}  // namespace layercast::stream
