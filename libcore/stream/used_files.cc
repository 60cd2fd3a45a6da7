#include "stream/used_files.h"

#include "base/ascii.h"
#include "base/redaction.h"
#include "scene/wire/codec.h"
#include "scene/wire/scene_tables.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

namespace layercast::stream {

UsedFiles files_of(const scene::Layer& layer, const scene::SceneSettings& settings) {
  UsedFiles used;
  scene::Reader reader;
  scene::Value document = scene::layer_codec().write(layer);
  document.erase("mask");
  scene::visit_files(scene::layer_codec().shape, document, reader,
                     [&](scene::FileRole, scene::Value& name, scene::Reader&) {
                       if (base::is_url(name.text)) {
                         used.has_urls = true;
                       } else {
                         used.files.push_back(settings.resolved(name.text));
                       }
                     });
  return used;
}

AssetFiles identified(const std::vector<std::string>& files) {
  AssetFiles known;
  for (const std::string& file : files) known[file] = identity_of_asset(file);
  return known;
}

bool is_outdated(const AssetFiles& files) {
  return std::ranges::any_of(
      files, [](const auto& file) { return identity_of_asset(file.first) != file.second; });
}

std::vector<std::string> fonts_of(const scene::SceneSettings& settings) {
  std::vector<std::string> files;
  for (const std::string& font : settings.fonts) files.push_back(settings.resolved(font));
  return files;
}

bool is_font_file(const std::string& path) {
  constexpr std::array<std::string_view, 5> kEndings = {".ttf", ".otf", ".ttc", ".woff", ".woff2"};
  const std::string ending = base::lower_case(std::filesystem::path(path).extension().string());
  return std::ranges::find(kEndings, ending) != kEndings.end();
}

}  // namespace layercast::stream
