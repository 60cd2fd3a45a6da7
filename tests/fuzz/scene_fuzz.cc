// Any bytes as a scene file: read or refused, and what was read is written and read back the same.

#include "base/check.h"
#include "scene/wire/scene_file.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace scene = layercast::scene;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const auto read = scene::parse_scene(text, "fuzz.yaml");
  if (!read) {
    LAYERCAST_CHECK(!read.error().lines.empty());
    return 0;
  }
  const scene::SceneFile& file = read.value();
  const auto again = scene::parse_scene(scene::scene_yaml(file.scene), "fuzz.yaml");
  LAYERCAST_CHECK(again.value().scene == file.scene);
  return 0;
}
