#include "render/offline_scene.h"

#include "content/picture/fit.h"
#include "frame/image.h"
#include "render/renderer.h"
#include "scene/wire/scene_file.h"
#include "tests/scene/parsed_scene.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <memory>
#include <string_view>

namespace layercast::render {
namespace {

constexpr std::string_view kScene = R"(
version: 1
scene: a
canvas: {width: 64, height: 36, fps: 25}
layers:
  - {id: near, type: overlay, z_index: 2, content: {type: text, text: "{{frame}}"}}
  - {id: far, type: overlay, content: {type: color, color: red}}
  - {id: hidden, type: overlay, visible: false, content: {type: color, color: blue}}
  - {id: lost, type: overlay, z_index: 1, content: {type: image, source: nowhere.png}}
)";

std::unique_ptr<scene::SceneFile> parsed() {
  return std::make_unique<scene::SceneFile>(scene::parsed_scene(kScene, "folder/a.yaml"));
}

TEST(OfflineView, HasTheVisibleLayersFromFarToNear) {
  const SceneViewPtr view = offline_view(*parsed(), {});
  ASSERT_EQ(view->layers.size(), 3U);
  EXPECT_EQ(view->layers[0].layer->id, "far");
  EXPECT_EQ(view->layers[1].layer->id, "lost");
  EXPECT_EQ(view->layers[2].layer->id, "near");
  EXPECT_EQ(view->layers[2].index, 0U);
  EXPECT_EQ(view->settings.resolved("b.png"), "folder/b.png");
}

TEST(OfflineView, ShowsTheTextsOfItsFirstFrame) {
  OfflineOptions options;
  options.first_frame = 7;
  EXPECT_EQ(offline_view(*parsed(), options)->layers[2].content->text, "7");
}

// The address sanitizer finds what the renderer would still read of the file.
TEST(OfflineRenderer, NeedsTheFileNoLonger) {
  auto file = parsed();
  Renderer renderer = offline_renderer(*file, {});
  file.reset();
  const auto failures = renderer.prepare(0);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].value_path, "layers[3].content.source");
  EXPECT_EQ(failures[0].layer, "lost");
  for (int index = 0; index < 3; ++index) EXPECT_NE(renderer.render(index), nullptr);
}

TEST(OfflineRenderer, ShowsTheErrorPictureOfALayerWithoutMemory) {
  const int64_t unbounded = frame::image_bytes_max();
  frame::set_image_bytes_max(frame::image_bytes() + 1000);
  Renderer renderer = offline_renderer(*parsed(), {});
  const auto failures = renderer.prepare(0);
  frame::set_image_bytes_max(unbounded);
  const auto far = std::ranges::find(failures, "far", &ContentFailure::layer);
  ASSERT_NE(far, failures.end());
  EXPECT_TRUE(content::is_of_memory(far->error));
  EXPECT_NE(renderer.render(0), nullptr);
}

}  // namespace
}  // namespace layercast::render
