#pragma once

#include "scene/wire/scene_file.h"

#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::scene {

/// The scene file of that text; a failure of the test, and an empty one, when it has faults.
inline SceneFile parsed_scene(std::string_view yaml, const std::string& path = "test.yaml") {
  auto read = parse_scene(yaml, path);
  if (read) return std::move(read).value();
  for (const std::string& line : read.error().lines) ADD_FAILURE() << line;
  return {};
}

}  // namespace layercast::scene
