#include "render/evaluate.h"
#include "render/mixed_picture.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/eval/resolved.h"
#include "tests/compose/print_pixel.h"
#include "tests/scene/parsed_scene.h"

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::render {
namespace {

using frame::StraightRgba8;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr StraightRgba8 kBlack{0, 0, 0, 255};
constexpr StraightRgba8 kRed{255, 0, 0, 255};
constexpr StraightRgba8 kBlue{0, 0, 255, 255};

// A scene of 200 × 100 at 10 frames per second.
scene::SceneFile file_with(std::string_view layers) {
  scene::SceneFile file = scene::parsed_scene(
      "version: 1\nscene: s\ncanvas: {width: 200, height: 100, fps: 10}\n"
      "layers:\n" +
      std::string(layers));
  file.folder = std::string(LAYERCAST_SOURCE_DIR) + "/scenes";
  return file;
}

// Shows the pixels of the newest frame.
class Shown {
 public:
  explicit Shown(std::string_view layers) : renderer_(offline_renderer(file_with(layers), {})) {}

  StraightRgba8 pixel(int64_t index, int x, int y) {
    const frame::FramePtr frame = renderer_.render(index);
    const uint8_t* p = frame->plane(0) + y * frame->row_bytes(0) + ptrdiff_t{4} * x;
    return {p[0], p[1], p[2], p[3]};
  }

 private:
  Renderer renderer_;
};

TEST(Percentages, AreOfTheCanvas) {
  Shown shown(
      "  - {id: a, type: overlay, size: [25%, \"calc(50% - 10px)\"],\n"
      "     transform: {position: [\"calc(100% - 10px)\", 50%], anchor: right},\n"
      "     content: {type: color, color: red}}\n");
  // 50 × 40, whose right edge is at 190, in the middle of the height.
  EXPECT_EQ(shown.pixel(0, 140, 30), kRed);
  EXPECT_EQ(shown.pixel(0, 189, 69), kRed);
  EXPECT_EQ(shown.pixel(0, 139, 50), kBlack);
  EXPECT_EQ(shown.pixel(0, 190, 50), kBlack);
  EXPECT_EQ(shown.pixel(0, 150, 29), kBlack);
  EXPECT_EQ(shown.pixel(0, 150, 70), kBlack);
}

TEST(SizeKeyframes, LetABarGrowWithRoundEnds) {
  Shown shown(
      "  - {id: bar, type: overlay, size: [20, 20],\n"
      "     content: {type: shape, shape: rectangle, radius: 10, fill: red},\n"
      "     animations: [{effect: keyframes, duration: 1s,\n"
      "       keyframes: [{at: 1, size: [100%, 20]}]}]}\n");
  // A disc of 20 px grows to 200 px; its ends are half discs all the time.
  EXPECT_EQ(shown.pixel(0, 10, 10), kRed);
  EXPECT_EQ(shown.pixel(0, 20, 10), kBlack);
  EXPECT_EQ(shown.pixel(5, 108, 10), kRed);  // 110 px
  EXPECT_EQ(shown.pixel(5, 110, 10), kBlack);
  EXPECT_EQ(shown.pixel(10, 198, 10), kRed);
  for (const int frame : {0, 3, 5, 10}) {
    EXPECT_EQ(shown.pixel(frame, 1, 1), kBlack) << frame;
    EXPECT_EQ(shown.pixel(frame, 3, 4), kRed) << frame;
  }
}

TEST(SizeKeyframes, ClipFollowsTheBox) {
  Shown shown(
      "  - {id: bar, type: overlay, size: [20, 20], clip: {radius: 10},\n"
      "     content: {type: color, color: red},\n"
      "     animations: [{effect: keyframes, duration: 1s,\n"
      "       keyframes: [{at: 1, size: [120, 20]}]}]}\n");
  EXPECT_EQ(shown.pixel(5, 60, 10), kRed);  // 70 px
  EXPECT_EQ(shown.pixel(5, 69, 0), kBlack);
  EXPECT_EQ(shown.pixel(5, 75, 10), kBlack);
}

TEST(SizeKeyframes, MoveTheBoxAboutItsAnchor) {
  Shown shown(
      "  - {id: box, type: overlay, size: [20, 20],\n"
      "     transform: {position: [50%, 50%], anchor: center}, content: {type: color, color: "
      "red},\n"
      "     animations: [{effect: keyframes, duration: 1s,\n"
      "       keyframes: [{at: 1, size: [100, 60]}]}]}\n");
  EXPECT_EQ(shown.pixel(10, 50, 20), kRed);
  EXPECT_EQ(shown.pixel(10, 149, 79), kRed);
  EXPECT_EQ(shown.pixel(10, 49, 50), kBlack);
  EXPECT_EQ(shown.pixel(10, 150, 50), kBlack);
}

constexpr const char* kDrawing =
    "content: {type: svg, svg: \"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='20'>"
    "<rect width='40' height='20' fill='red'/></svg>\"}";

TEST(SizeKeyframes, DrawingKeepsItsShape) {
  Shown shown("  - {id: box, type: overlay, size: [40, 20], " + std::string(kDrawing) +
              ",\n     animations: [{effect: keyframes, duration: 1s,\n"
              "       keyframes: [{at: 1, size: [80, 80]}]}]}\n");
  // In a box of 80 × 80 it is 80 × 40, in the middle.
  EXPECT_EQ(shown.pixel(10, 1, 22), kRed);
  EXPECT_EQ(shown.pixel(10, 78, 57), kRed);
  EXPECT_EQ(shown.pixel(10, 40, 15), kBlack);
  EXPECT_EQ(shown.pixel(10, 40, 65), kBlack);
}

TEST(SizeKeyframes, FiltersApplyToTheContentOfEachSize) {
  Shown shown(
      "  - {id: bar, type: overlay, size: [20, 20], filters: [{invert: 1}],\n"
      "     content: {type: color, color: yellow},\n"
      "     animations: [{effect: keyframes, duration: 1s,\n"
      "       keyframes: [{at: 1, size: [100, 20]}]}]}\n");
  EXPECT_EQ(shown.pixel(5, 50, 10), kBlue);
  EXPECT_EQ(shown.pixel(0, 10, 10), kBlue);
}

TEST(SizeKeyframes, TextWrapsInTheNewBox) {
  Shown shown(
      "  - {id: words, type: overlay, size: [190, 90],\n"
      "     content: {type: text, text: \"mmm mmm mmm\",\n"
      "       style: {font_size: 20, background_color: red}},\n"
      "     animations: [{effect: keyframes, duration: 1s,\n"
      "       keyframes: [{at: 1, size: [60, 90]}]}]}\n");
  const auto has_letters_at = [&](int64_t frame, int row) {
    for (int x = 0; x < 60; ++x) {
      if (shown.pixel(frame, x, row) != kRed) return true;
    }
    return false;
  };
  EXPECT_FALSE(has_letters_at(0, 40));
  EXPECT_TRUE(has_letters_at(10, 40));
}

// --- Cross-fades ---

// The view of a layer whose content replaced another at 1 s, and was ready at `ready`.
SceneViewPtr replaced(const std::string& before, const std::string& after, base::Duration ready) {
  const scene::SceneFile old = file_with("  - {id: a, type: overlay, " + before + "}\n");
  scene::SceneFile file =
      file_with("  - {id: a, type: overlay, " + after + ", transition: {content: 1s}}\n");
  OfflineOptions options;
  scene::LayerRun run;
  run.id = "a";
  run.transition.emplace();
  run.transition->content_start = seconds(1);
  options.run.layers.set(run);
  const SceneViewPtr former = offline_view(old, {});
  auto view = std::make_shared<SceneView>(*offline_view(file, options));
  const ShownLayer& shown = former->layers.at(0);
  view->layers.at(0).former = std::make_shared<const FormerContent>(
      FormerContent{shown.layer, shown.run, shown.content, ready});
  return view;
}

StraightRgba8 pixel_of(Renderer& renderer, int64_t index, int x, int y) {
  const frame::FramePtr frame = renderer.render(index);
  const uint8_t* p = frame->plane(0) + y * frame->row_bytes(0) + ptrdiff_t{4} * x;
  return {p[0], p[1], p[2], p[3]};
}

TEST(ContentFade, MixesBothContents) {
  const std::string box = "size: [40, 20], content: {type: color, color: ";
  Renderer renderer(replaced(box + "red}", box + "blue}", {}), {});
  EXPECT_EQ(pixel_of(renderer, 10, 5, 5), kRed);
  EXPECT_EQ(pixel_of(renderer, 12, 5, 5), (StraightRgba8{204, 0, 51, 255}));
  EXPECT_EQ(pixel_of(renderer, 19, 5, 5), (StraightRgba8{25, 0, 230, 255}));
  EXPECT_EQ(pixel_of(renderer, 20, 5, 5), kBlue);
  EXPECT_EQ(pixel_of(renderer, 30, 5, 5), kBlue);
}

TEST(ContentFade, BeginsWhenTheNewContentIsReady) {
  const std::string box = "size: [40, 20], content: {type: color, color: ";
  Renderer renderer(replaced(box + "red}", box + "blue}", milliseconds(1500)), {});
  EXPECT_EQ(pixel_of(renderer, 15, 5, 5), kRed);
  EXPECT_EQ(pixel_of(renderer, 17, 5, 5), (StraightRgba8{204, 0, 51, 255}));
  EXPECT_EQ(pixel_of(renderer, 25, 5, 5), kBlue);
}

TEST(ContentFade, KeepsTheAnchorsTogether) {
  const std::string place = "transform: {position: [50%, 50%], anchor: center}, content: {type: ";
  Renderer renderer(
      replaced(place + "shape, shape: rectangle, width: 100, height: 40, fill: red}",
               place + "shape, shape: rectangle, width: 20, height: 20, fill: blue}", {}),
      {});
  // Halfway, the large one is half gone all around the small one.
  EXPECT_EQ(pixel_of(renderer, 15, 52, 32), (StraightRgba8{127, 0, 0, 255}));
  EXPECT_EQ(pixel_of(renderer, 15, 148, 67), (StraightRgba8{127, 0, 0, 255}));
  EXPECT_EQ(pixel_of(renderer, 15, 100, 50), (StraightRgba8{127, 0, 128, 255}));
  EXPECT_EQ(pixel_of(renderer, 15, 48, 50), kBlack);
}

TEST(ContentFade, OfNothingIsAFadeIn) {
  const content::Part part = render::part_of(content::Raster{
      std::make_shared<frame::Picture>(frame::Image<frame::PremulRgba8>({4, 4})), {4, 4}});
  EXPECT_TRUE(mixed(BoxedParts{{}, {4, 4}}, {{&part, 1}, {4, 4}}, {}, 128).ok());
}

}  // namespace
}  // namespace layercast::render
