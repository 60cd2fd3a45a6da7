#include "scene/live/command.h"
#include "tests/scene/live_scene.h"

#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <vector>

namespace layercast::scene {
namespace {

using Names = std::optional<std::vector<std::string>>;

Names names(const std::string& method, const char* params) {
  return contents_named_by(typed({method, json(params)}));
}

TEST(ContentsNamedBy, CommandsOfOneLayerOrSoundNameIt) {
  const Names logo = std::vector<std::string>{"logo"};
  EXPECT_EQ(names("layers.update", R"({"id": "logo", "patch": {}})"), logo);
  EXPECT_EQ(names("layers.restart", R"({"id": "logo"})"), logo);
  EXPECT_EQ(names("layers.activate", R"({"id": "logo"})"), logo);
  EXPECT_EQ(names("audio.update", R"({"id": "logo", "patch": {}})"), logo);
  EXPECT_EQ(names("layers.create", R"({"layer": {"id": "logo", "type": "overlay",
      "content": {"type": "color", "color": "red"}}})"),
            logo);
}

TEST(ContentsNamedBy, NewLayersWithoutAnIdAndOutputsNameNothing) {
  const Names none = std::vector<std::string>{};
  EXPECT_EQ(names("layers.create", R"({"layer": {"type": "overlay",
      "content": {"type": "color", "color": "red"}}})"),
            none);
  EXPECT_EQ(names("stream.stop", "{}"), none);
  EXPECT_EQ(names("layers.activate", R"({"id": null})"), none);
}

TEST(ContentsNamedBy, CommandsOfTheWholeSceneMayChangeAnything) {
  EXPECT_EQ(names("scene.patch", R"({"patch": {}})"), std::nullopt);
  EXPECT_EQ(names("stream.start", "{}"), std::nullopt);
  EXPECT_EQ(names("batch", R"({"commands": [{"method": "layers.restart", "params": {"id": "a"}},
      {"method": "scene.patch", "params": {"patch": {}}}]})"),
            std::nullopt);
}

TEST(ContentsNamedBy, BatchNamesWhatItsCommandsName) {
  EXPECT_EQ(names("batch", R"({"commands": [{"method": "layers.restart", "params": {"id": "a"}},
      {"method": "audio.restart", "params": {"id": "b"}}]})"),
            (std::vector<std::string>{"a", "b"}));
}

}  // namespace
}  // namespace layercast::scene
