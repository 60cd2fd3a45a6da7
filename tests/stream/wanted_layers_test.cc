#include "stream/wanted_layers.h"

#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::stream {
namespace {

template <class Content>
scene::Layer layer_of(const std::string& source) {
  Content content;
  content.source = source;
  scene::Layer layer;
  layer.content = content;
  return layer;
}

TEST(WantedLayers, ImagesAtUrlsAreReadFromTheWeb) {
  for (const char* url : {"http://h/a.png", "HTTPS://me:pass@h/a.png?v=2"}) {
    EXPECT_TRUE(reads_pictures_from_web(layer_of<scene::ImageContent>(url)));
    EXPECT_TRUE(reads_pictures_from_web(layer_of<scene::SvgContent>(url)));
    EXPECT_TRUE(reads_pictures_from_web(layer_of<scene::GifContent>(url)));
    // A video has a thread of its own.
    EXPECT_FALSE(reads_pictures_from_web(layer_of<scene::VideoContent>(url)));
  }
  EXPECT_FALSE(reads_pictures_from_web(layer_of<scene::ImageContent>("a.png")));
  EXPECT_FALSE(reads_pictures_from_web(layer_of<scene::ImageContent>("/a/http:/b.png")));
  EXPECT_FALSE(reads_pictures_from_web(layer_of<scene::ImageContent>("rtmp://h/a")));
  scene::Layer drawing;
  drawing.content = scene::SvgContent{};
  EXPECT_FALSE(reads_pictures_from_web(drawing));
}

TEST(WantedLayers, AnimationsOfACharacterMayBeAtUrls) {
  scene::GifContent gif;
  gif.source = "https://h/a.gif";
  scene::CharacterContent character;
  character.source = std::string("a.png");
  scene::Layer layer;
  layer.content = character;
  EXPECT_FALSE(reads_pictures_from_web(layer));
  character.source = scene::AnimatedContent(gif);
  layer.content = character;
  EXPECT_TRUE(reads_pictures_from_web(layer));
}

// ---- Masks ----

using namespace std::chrono_literals;

scene::Layer masked_layer(const std::string& id, const std::string& mask) {
  scene::Layer layer;
  layer.id = id;
  layer.content = scene::ColorContent{};
  layer.exit.resize(1);
  layer.exit[0].timing.duration = 10s;
  if (!mask.empty()) layer.mask = scene::Mask{{}, mask, {}};
  return layer;
}

scene::ExitingLayer exiting(scene::Layer layer, base::Duration since, bool is_mask) {
  layer.visible = false;
  scene::LayerRun run;
  run.id = layer.id;
  run.exit_start = since;
  return {std::move(layer), std::move(run), 0, is_mask};
}

std::string mask_named(const std::vector<Wanted>& wanted, const std::string& name) {
  const auto layer = std::ranges::find(wanted, name, &Wanted::name);
  if (layer == wanted.end()) return "no such layer";
  return mask_of(wanted, *layer, *layer->shared.layer);
}

TEST(WantedMasks, ThatExitMaskTheLayersThatExitWithThem) {
  scene::LiveState state;
  state.scene.canvas.size = {64, 36};
  state.run.exiting = {exiting(masked_layer("a", "b"), 5s, false),
                       exiting(masked_layer("b", ""), 5s, true)};
  const auto wanted = layers_of(state, 6s);
  ASSERT_EQ(wanted.size(), 2U);
  EXPECT_EQ(mask_named(wanted, "a@5000000000"), "b@5000000000");
  EXPECT_TRUE(wanted[1].is_mask);
}

TEST(WantedMasks, AreNoNewLayersWithTheSameId) {
  scene::LiveState state;
  state.scene.canvas.size = {64, 36};
  state.scene.layers = {masked_layer("b", ""), masked_layer("c", "b")};
  state.run.exiting = {exiting(masked_layer("a", "b"), 5s, false)};
  EXPECT_EQ(mask_named(layers_of(state, 7s), "a@5000000000"), "b");  // it was there
  scene::LayerRun run;
  run.id = "b";
  run.start = 6s;
  state.run.layers.set(run);
  EXPECT_EQ(mask_named(layers_of(state, 7s), "a@5000000000"), "b@");  // none has that name
  state.run.exiting.push_back(exiting(masked_layer("b", ""), 5500ms, true));
  const auto wanted = layers_of(state, 7s);
  EXPECT_EQ(mask_named(wanted, "a@5000000000"), "b@5500000000");
  EXPECT_EQ(mask_named(wanted, "c"), "b");
}

TEST(WantedMasks, ImagesAreAsVisibleAsTheirLayers) {
  scene::LiveState state;
  state.scene.canvas.size = {64, 36};
  scene::Layer layer = masked_layer("a", "");
  layer.mask = scene::Mask{"m.png", {}, {}};
  state.run.exiting = {exiting(layer, 5s, false)};
  layer.id = "b";
  layer.visible = false;
  state.scene.layers = {layer};
  const auto wanted = layers_of(state, 6s);
  ASSERT_EQ(wanted.size(), 4U);
  EXPECT_EQ(wanted[0].name, "a@5000000000/mask");
  EXPECT_TRUE(wanted[0].shared.layer->visible);  // its exit plays
  EXPECT_EQ(wanted[2].name, "b/mask");
  EXPECT_FALSE(wanted[2].shared.layer->visible);
}

}  // namespace
}  // namespace layercast::stream
