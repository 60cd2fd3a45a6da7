#include "base/geometry.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "render/mask_layer.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/model/scene.h"
#include "tests/compose/print_pixel.h"
#include "tests/scene/parsed_scene.h"

#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::render {
namespace {

using frame::StraightRgba8;

constexpr StraightRgba8 kBlack{0, 0, 0, 255};
constexpr StraightRgba8 kRed{255, 0, 0, 255};

// Black, 64 × 48; `layers`: lines of YAML.
scene::SceneFile scene_of(const std::vector<std::string>& layers) {
  std::string yaml =
      "version: 1\nscene: a\ncanvas: {width: 64, height: 48, fps: 10, background: "
      "black}\nlayers:\n";
  for (const std::string& layer : layers) yaml += "  - {type: overlay, " + layer + "}\n";
  return scene::parsed_scene(yaml);
}

OfflineOptions verified() {
  OfflineOptions options;
  options.verify = compose::Verify::kEveryFrame;
  return options;
}

StraightRgba8 pixel(const frame::FramePtr& frame, int x, int y) { return frame->rgba().at(x, y); }

StraightRgba8 pixel_of(const std::vector<std::string>& layers, int x, int y, int64_t index = 0) {
  const scene::SceneFile file = scene_of(layers);
  Renderer renderer = offline_renderer(file, verified());
  for (const auto& failure : renderer.prepare(index)) ADD_FAILURE() << failure.error.to_string();
  return pixel(renderer.render(index), x, y);
}

// A red canvas through the layer `m`.
const std::string kRedThrough =
    "id: a, content: {type: color, color: \"#ff0000\"}, mask: {layer: m";

std::string box(const std::string& id, const std::string& color, const std::string& more = "") {
  return "id: " + id + ", size: [20, 10], transform: {position: [10, 20]}" + more +
         ", content: {type: color, color: \"" + color + "\"}";
}

TEST(LayerMasks, ShowTheLayerWhereTheyAreOpaqueAndAreNotDrawn) {
  const std::vector<std::string> layers = {kRedThrough + "}", box("m", "#00ff00")};
  EXPECT_EQ(pixel_of(layers, 10, 20), kRed);
  EXPECT_EQ(pixel_of(layers, 29, 29), kRed);
  EXPECT_EQ(pixel_of(layers, 30, 25), kBlack);
  EXPECT_EQ(pixel_of(layers, 9, 25), kBlack);
}

TEST(LayerMasks, OfLumaGoByTheBrightness) {
  const std::vector<std::string> green = {kRedThrough + ", mode: luma}", box("m", "#00ff00")};
  // 183/256 of 255.
  EXPECT_EQ(pixel_of(green, 20, 25), (StraightRgba8{182, 0, 0, 255}));
  const std::vector<std::string> grey = {kRedThrough + ", mode: luma}", box("m", "#80808080")};
  EXPECT_EQ(pixel_of(grey, 20, 25).red, 64);
  const std::vector<std::string> alpha = {kRedThrough + "}", box("m", "#80808080")};
  EXPECT_EQ(pixel_of(alpha, 20, 25).red, 128);
}

TEST(LayerMasks, TakeTheMaskLayerAsItIsDrawn) {
  const std::vector<std::string> faint = {kRedThrough + "}", box("m", "#00ff00", ", opacity: 0.4")};
  EXPECT_EQ(pixel_of(faint, 20, 25).red, 102);
  const std::vector<std::string> round = {kRedThrough + "}",
                                          box("m", "#00ff00", ", clip: {radius: 5}")};
  EXPECT_EQ(pixel_of(round, 10, 20), kBlack);
  EXPECT_EQ(pixel_of(round, 15, 20), kRed);
}

TEST(LayerMasks, StayWhileTheLayerMoves) {
  const std::string slides =
      ", animations: [{effect: slide, from: [0, 0], to: [40, 0], duration: 4s}]";
  const std::vector<std::string> layers = {
      "id: a, size: [20, 48], content: {type: color, color: \"#ff0000\"}, mask: {layer: m}" +
          slides,
      "id: m, size: [10, 48], transform: {position: [30, 0]}, content: {type: color, color: "
      "white}"};
  EXPECT_EQ(pixel_of(layers, 35, 20, 0), kBlack);
  EXPECT_EQ(pixel_of(layers, 35, 20, 20), kRed);    // 20 to 40
  EXPECT_EQ(pixel_of(layers, 29, 20, 20), kBlack);  // outside the mask
  EXPECT_EQ(pixel_of(layers, 41, 20, 30), kBlack);  // 30 to 50, outside the mask
}

TEST(LayerMasks, MoveWithTheMaskLayer) {
  const std::vector<std::string> layers = {
      kRedThrough + "}",
      box("m", "white",
          ", animations: [{effect: slide, from: [0, 0], to: [30, 0], duration: 3s}]")};
  const scene::SceneFile file = scene_of(layers);
  Renderer renderer = offline_renderer(file, verified());
  for (const int64_t index : {0, 10, 20, 30, 5}) {
    const frame::FramePtr frame = renderer.render(index);
    const int left = 10 + static_cast<int>(index);
    EXPECT_EQ(pixel(frame, left, 25), kRed) << index;
    EXPECT_EQ(pixel(frame, left + 19, 25), kRed) << index;
    EXPECT_EQ(pixel(frame, left - 1, 25), kBlack) << index;
    EXPECT_EQ(pixel(frame, left + 20, 25), kBlack) << index;
  }
}

TEST(LayerMasks, ThatAreHiddenLeaveNothing) {
  EXPECT_EQ(pixel_of({kRedThrough + "}", box("m", "white", ", visible: false")}, 20, 25), kBlack);
}

TEST(LayerMasks, HaveMasksThemselves) {
  const std::vector<std::string> layers = {
      kRedThrough + "}", box("m", "white", ", mask: {layer: n}"),
      "id: n, size: [64, 5], transform: {position: [0, 22]}, content: {type: color, color: tan}"};
  EXPECT_EQ(pixel_of(layers, 20, 24), kRed);
  EXPECT_EQ(pixel_of(layers, 20, 21), kBlack);
  EXPECT_EQ(pixel_of(layers, 20, 27), kBlack);
  EXPECT_EQ(pixel_of(layers, 40, 24), kBlack);
}

TEST(LayerMasks, ServeSeveralLayersInBothModes) {
  const std::vector<std::string> layers = {
      kRedThrough + "}",
      "id: b, blend_mode: lighten, content: {type: color, color: \"#0000ff\"}, mask: {layer: m, "
      "mode: luma}",
      box("m", "#ff0000")};
  // 54/256 of 255; lighter than the red below it in blue alone.
  EXPECT_EQ(pixel_of(layers, 20, 25), (StraightRgba8{255, 0, 54, 255}));
}

// Filters that move are applied in each frame: once, however many layers share the mask.
TEST(LayerMasks, ThatSeveralLayersShareAreFilteredOnce) {
  const std::string glides =
      ", filters: [{blur: 2}], animations: [{effect: keyframes, duration: 4s, keyframes: [{at: 1, "
      "filters: [{blur: 6}]}]}]";
  const std::string green =
      "id: b, blend_mode: lighten, content: {type: color, color: \"#00ff00\"}, mask: {layer: m";
  const std::vector<std::string> one = {kRedThrough + "}", box("m", "white", glides)};
  for (const char* mode : {"}", ", mode: luma}"}) {
    const std::vector<std::string> both = {kRedThrough + "}", green + mode,
                                           box("m", "white", glides)};
    const StraightRgba8 alone = pixel_of(one, 9, 25, 10);
    EXPECT_GT(alone.red, 40);
    EXPECT_LT(alone.red, 215);
    const StraightRgba8 shared = pixel_of(both, 9, 25, 10);
    EXPECT_EQ(shared.red, alone.red) << mode;
    EXPECT_NEAR(shared.green, alone.red, 1) << mode;
  }
}

TEST(LayerMasks, ComeAfterTheFiltersAndTheClip) {
  const std::vector<std::string> layers = {
      "id: a, size: [20, 10], transform: {position: [10, 20]}, content: {type: color, color: red}, "
      "filters: [{drop_shadow: {color: lime, offset: [20, 0]}}], mask: {layer: m}",
      "id: m, size: [15, 48], transform: {position: [20, 0]}, content: {type: color, color: "
      "white}"};
  EXPECT_EQ(pixel_of(layers, 19, 25), kBlack);
  EXPECT_EQ(pixel_of(layers, 25, 25), kRed);
  EXPECT_EQ(pixel_of(layers, 34, 25), (StraightRgba8{0, 255, 0, 255}));
  EXPECT_EQ(pixel_of(layers, 35, 25), kBlack);
}

// ---- Images ----

std::string art(const std::string& name) {
  return std::string(LAYERCAST_SOURCE_DIR) + "/scenes/art/" + name;
}

TEST(ImageMasks, FillTheCanvas) {
  // An image is as opaque on the canvas as the same image in a layer of the canvas's size.
  const std::vector<std::string> masked = {
      "id: a, content: {type: color, color: red}, mask: "
      "{source: " +
      art("logo.svg") + "}"};
  const std::vector<std::string> layered = {
      "id: a, content: {type: color, color: red}, mask: {layer: m}",
      "id: m, size: [64, 48], content: {type: image, source: " + art("logo.svg") + ", fit: fill}"};
  const scene::SceneFile one = scene_of(masked);
  const scene::SceneFile other = scene_of(layered);
  Renderer renderer = offline_renderer(one, verified());
  Renderer twin = offline_renderer(other, verified());
  const auto a = renderer.render(0);
  const auto b = twin.render(0);
  int reds = 0;
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) {
      ASSERT_EQ(pixel(a, x, y), pixel(b, x, y)) << x << " " << y;
      reds += pixel(a, x, y) == kRed ? 1 : 0;
    }
  }
  EXPECT_GT(reds, 50);
  EXPECT_LT(reds, 64 * 48 - 50);
}

TEST(ImageMasks, AreScaledWithTheCanvas) {
  const scene::SceneFile file = scene_of({kRedThrough + "}", box("m", "white")});
  OfflineOptions options = verified();
  options.size = {128, 100};  // with bars of two pixels
  Renderer renderer = offline_renderer(file, options);
  const auto frame = renderer.render(0);
  EXPECT_EQ(pixel(frame, 20, 42), kRed);
  EXPECT_EQ(pixel(frame, 59, 61), kRed);
  EXPECT_EQ(pixel(frame, 60, 50), kBlack);
  EXPECT_EQ(pixel(frame, 30, 41), kBlack);
}

TEST(ImageMasks, ThatAreMissingShowTheReasonInPlaceOfTheLayer) {
  const scene::SceneFile file =
      scene_of({box("back", "#0000ff"), box("a", "#00ff00", ", mask: {source: no.png}")});
  Renderer renderer = offline_renderer(file, {});
  const auto failures = renderer.prepare(0);
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].value_path, "layers[1].mask.source");
  EXPECT_EQ(failures[0].layer, "a");
  const auto frame = renderer.render(0);
  EXPECT_NE(pixel(frame, 11, 21), (StraightRgba8{0, 255, 0, 255}));
  EXPECT_NE(pixel(frame, 11, 21), (StraightRgba8{0, 0, 255, 255}));
  EXPECT_EQ(pixel(frame, 40, 40), kBlack);
}

TEST(ImageMasks, ThatAreMissingLeaveNothingOfALayerThatHidesErrors) {
  const scene::SceneFile file = scene_of(
      {box("back", "#0000ff"), box("a", "#00ff00", ", on_error: hide, mask: {source: no.png}")});
  Renderer renderer = offline_renderer(file, {});
  EXPECT_EQ(renderer.prepare(0).size(), 1U);
  EXPECT_EQ(pixel(renderer.render(0), 11, 21), (StraightRgba8{0, 0, 255, 255}));
}

TEST(MaskLayers, AreNamedAfterTheLayer) {
  scene::Layer layer;
  layer.id = "a";
  layer.on_error = scene::OnError::kHide;
  layer.mask = scene::Mask{"m.png", {}, {}};
  const scene::Layer mask = mask_layer_of(layer, {64, 48});
  EXPECT_EQ(mask.id, "a/mask");
  EXPECT_EQ(mask.size, (scene::LengthSize{64, 48}));
  EXPECT_EQ(mask.on_error, scene::OnError::kHide);
  EXPECT_TRUE(is_mask_name(mask.id));
  EXPECT_EQ(owner_of(mask.id), "a");
  EXPECT_EQ(owner_of("a"), "a");
}

}  // namespace
}  // namespace layercast::render
