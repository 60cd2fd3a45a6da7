#pragma once

#include "base/error.h"
#include "scene/codec.h"
#include "scene/scene.h"

#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::scene {

/// A scene as read from a file, with what is needed to speak of the file afterwards.
struct SceneFile {
  Scene scene;
  std::string path;                   ///< as the user gave it
  std::string folder;                 ///< what relative paths in the scene start from
  std::map<std::string, Mark> marks;  ///< of every value, by path such as `layers[3].content`

  /// `scenes/a.yaml:12:7: layers[3].content.source`, for errors found later.
  std::string where(const std::string& value_path) const;
  /// `path` itself when absolute or a URL, else inside the scene's folder.
  std::string resolved(const std::string& path) const;
};

/// A scene that was refused: every fault, each as one line with the file's name.
struct SceneFaults {
  std::vector<std::string> lines;
};

/// Reads a scene from text. `path` is what faults call it.
std::variant<SceneFile, SceneFaults> parse_scene(std::string_view yaml, const std::string& path);

/// Reads a scene file. `-` is standard input. A file that cannot be read is one fault.
std::variant<SceneFile, SceneFaults> load_scene(const std::string& path);

/// The scene as YAML; it reads back equal.
std::string scene_yaml(const Scene& scene);

/// The JSON Schema (draft 2020-12) of a scene file, as JSON.
std::string scene_schema();

/// What every object of a scene file may hold, in the order a reader meets them.
std::vector<TableDoc> scene_documentation();

}  // namespace layercast::scene
