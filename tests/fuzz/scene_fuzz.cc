// Any bytes as a scene file: read or refused, and what was read is written and read back the same.

#include "base/check.h"
#include "scene/wire/scene_file.h"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <variant>

namespace scene = layercast::scene;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto read = scene::parse_scene(text, "fuzz.yaml");
  if (const auto* faults = std::get_if<scene::SceneFaults>(&read)) {
    LAYERCAST_CHECK(!faults->lines.empty());
    return 0;
  }
  const auto& file = std::get<scene::SceneFile>(read);
  const auto again = scene::parse_scene(scene::scene_yaml(file.scene), "fuzz.yaml");
  LAYERCAST_CHECK(std::holds_alternative<scene::SceneFile>(again));
  LAYERCAST_CHECK(std::get<scene::SceneFile>(again).scene == file.scene);
  return 0;
}
