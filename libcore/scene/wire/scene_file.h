#pragma once

#include "base/error.h"
#include "scene/model/scene.h"
#include "scene/wire/codec.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// A scene that was read from a file, with the data for later messages about the file.
struct SceneFile {
  Scene scene;
  std::string path;                   ///< as the user gave it
  std::string folder;                 ///< base of relative paths in the scene
  std::map<std::string, Mark> marks;  ///< of every value, by path such as `layers[3].content`
  /// Values that are valid but may not be what was meant, each as one line like a fault.
  std::vector<std::string> warnings = {};

  /// `scenes/a.yaml:12:7: layers[3].content.source`, for errors found later.
  std::string where(const std::string& value_path) const;
  /// resolved_path() in the scene's folder.
  std::string resolved(const std::string& path) const;
};

/// The faults of a refused scene, each as one line with the name of the file.
struct SceneFaults {
  std::vector<std::string> lines;
};

/// Reads a scene from text. Faults name it `path`.
base::Result<SceneFile, SceneFaults> parse_scene(std::string_view yaml, const std::string& path);

/// The text of a scene file. `-` is standard input. Of a file that is too large, it has one byte
/// more than the limit. Errors: kIo.
base::Result<std::string> read_scene_text(const std::string& path);

/// Reads a scene file. `-` is standard input. A file that cannot be read is one fault.
base::Result<SceneFile, SceneFaults> load_scene(const std::string& path);

/// The scene as YAML; it reads back equal.
std::string scene_yaml(const Scene& scene);

/// The JSON Schema (draft 2020-12) of a scene file, as JSON.
std::string scene_schema();

/// The documentation of every kind of object in a scene file, in order of first use.
std::vector<TableDoc> scene_documentation();

}  // namespace layercast::scene
