#include "compose/plain_pixels.h"
#include "render/evaluate.h"
#include "render/mixed_picture.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/eval/resolved.h"
#include "tests/compose/print_pixel.h"
#include "tests/scene/parsed_scene.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

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

StraightRgba8 pixel_of(Renderer& renderer, int64_t index, int x, int y) {
  const frame::FramePtr frame = renderer.render(index);
  const uint8_t* p = frame->plane(0) + y * frame->row_bytes(0) + ptrdiff_t{4} * x;
  return {p[0], p[1], p[2], p[3]};
}

// Shows the pixels of the newest frame.
class Shown {
 public:
  explicit Shown(std::string_view layers) : renderer_(offline_renderer(file_with(layers), {})) {}

  StraightRgba8 pixel(int64_t index, int x, int y) { return pixel_of(renderer_, index, x, y); }

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

TEST(SizeKeyframes, BoxOfATextWithoutASizeStaysAboutItsAnchor) {
  Shown shown(
      "  - {id: words, type: overlay, transform: {position: [100, 50], anchor: center},\n"
      "     content: {type: text, text: x, style: {color: red, background_color: red}},\n"
      "     animations: [{effect: keyframes, duration: 1s,\n"
      "       keyframes: [{at: 1, size: [180, 60]}]}]}\n");
  for (const int frame : {0, 2, 5, 8, 10}) {
    int left = 0;
    while (shown.pixel(frame, left, 50) == kBlack) ++left;
    int right = 199;
    while (shown.pixel(frame, right, 50) == kBlack) --right;
    EXPECT_NEAR(left + right + 1, 200, 1) << frame;
    if (frame == 10) {
      EXPECT_EQ(left, 10);
    }
  }
}

// A drop shadow below, so that the filtered picture is larger than the content.
constexpr const char* kShadow =
    "filters: [{drop_shadow: {color: blue, blur: 4, offset: [0, 30]}}], ";
constexpr const char* kSquare =
    "content: {type: svg, svg: \"<svg xmlns='http://www.w3.org/2000/svg' width='40' height='40'>"
    "<rect width='40' height='40' fill='red'/></svg>\"}";

TEST(SizeKeyframes, FiltersEnlargeNothingButTheirOwnPicture) {
  Shown shown("  - {id: box, type: overlay, size: [40, 40], " + std::string(kShadow) + kSquare +
              ",\n     animations: [{effect: keyframes, duration: 1s,\n"
              "       keyframes: [{at: 1, size: [42, 42]}]}]}\n");
  for (const int frame : {0, 1, 5, 10}) {
    EXPECT_EQ(shown.pixel(frame, 2, 2), kRed) << frame;
    EXPECT_EQ(shown.pixel(frame, 38, 38), kRed) << frame;
    EXPECT_EQ(shown.pixel(frame, 20, 55), kBlue) << frame;
  }
}

TEST(SizeTransition, FiltersEnlargeNothingButTheirOwnPicture) {
  OfflineOptions options;
  scene::LayerRun run;
  run.id = "box";
  run.transition.emplace();
  run.transition->size_start = base::Duration{};
  run.transition->size = {42, 42};
  options.run.layers.set(run);
  Renderer renderer = offline_renderer(
      file_with("  - {id: box, type: overlay, size: [40, 40], transition: {duration: 1s}, " +
                std::string(kShadow) + kSquare + "}\n"),
      options);
  for (const int frame : {0, 1, 5, 9, 10, 20}) {
    EXPECT_EQ(pixel_of(renderer, frame, 2, 2), kRed) << frame;
    EXPECT_EQ(pixel_of(renderer, frame, 38, 38), kRed) << frame;
    EXPECT_EQ(pixel_of(renderer, frame, 20, 55), kBlue) << frame;
  }
}

TEST(SizeKeyframes, CutPictureShowsMoreOfItselfInALargerBox) {
  constexpr StraightRgba8 kLime{0, 255, 0, 255};
  const std::string path = testing::TempDir() + "/stripes.svg";
  std::ofstream(path) << "<svg xmlns='http://www.w3.org/2000/svg' width='160' height='40'>"
                         "<rect width='160' height='40' fill='lime'/>"
                         "<rect x='60' width='20' height='40' fill='red'/>"
                         "<rect x='80' width='20' height='40' fill='blue'/></svg>";
  for (const char* fit : {"cover", "none"}) {
    Shown shown("  - {id: box, type: overlay, size: [40, 40],\n     content: {type: image, fit: " +
                std::string(fit) + ", source: " + path + "},\n" +
                "     animations: [{effect: keyframes, duration: 1s,\n"
                "       keyframes: [{at: 1, size: [120, 40]}]}]}\n");
    EXPECT_EQ(shown.pixel(0, 10, 20), kRed) << fit;
    EXPECT_EQ(shown.pixel(0, 30, 20), kBlue) << fit;
    EXPECT_EQ(shown.pixel(0, 45, 20), kBlack) << fit;
    EXPECT_EQ(shown.pixel(10, 50, 20), kRed) << fit;
    EXPECT_EQ(shown.pixel(10, 70, 20), kBlue) << fit;
    EXPECT_EQ(shown.pixel(10, 20, 20), kLime) << fit;
    EXPECT_EQ(shown.pixel(10, 100, 20), kLime) << fit;
  }
}

TEST(Scroll, RectangleWithoutItsOwnSizeHasThatOfTheLayer) {
  Shown shown(
      "  - {id: box, type: overlay, size: [100, 40],\n"
      "     content: {type: shape, shape: rectangle, fill: red},\n"
      "     animations: [{effect: scroll, speed: 10}]}\n");
  EXPECT_EQ(shown.pixel(3, 50, 20), kRed);
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
  const bool has_transition = after.find("transition") != std::string::npos;
  const scene::SceneFile file =
      file_with("  - {id: a, type: overlay, " + after +
                (has_transition ? "}\n" : ", transition: {content: 1s}}\n"));
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

TEST(ContentFade, MixesBothContents) {
  const std::string box = "size: [40, 20], content: {type: color, color: ";
  Renderer renderer(replaced(box + "red}", box + "blue}", {}), {});
  EXPECT_EQ(pixel_of(renderer, 10, 5, 5), kRed);
  EXPECT_EQ(pixel_of(renderer, 12, 5, 5), (StraightRgba8{204, 0, 51, 255}));
  EXPECT_EQ(pixel_of(renderer, 19, 5, 5), (StraightRgba8{25, 0, 230, 255}));
  EXPECT_EQ(pixel_of(renderer, 20, 5, 5), kBlue);
  EXPECT_EQ(pixel_of(renderer, 30, 5, 5), kBlue);
}

TEST(ContentFade, FiltersApplyToTheMixtureOnce) {
  const auto drawing = [](const std::string& color) {
    return "size: [40, 20], filters: [{blur: 0.01}, {invert: 1}], transition: {content: 1s}, "
           "content: {type: svg, svg: \"<svg xmlns='http://www.w3.org/2000/svg' width='40' "
           "height='20'><rect width='40' height='20' fill='" +
           color + "'/></svg>\"}";
  };
  Renderer renderer(replaced(drawing("red"), drawing("blue"), {}), {});
  EXPECT_EQ(pixel_of(renderer, 10, 20, 10), (StraightRgba8{0, 255, 255, 255}));
  EXPECT_EQ(pixel_of(renderer, 12, 20, 10), (StraightRgba8{51, 255, 204, 255}));
  EXPECT_EQ(pixel_of(renderer, 20, 20, 10), (StraightRgba8{255, 255, 0, 255}));
  EXPECT_EQ(pixel_of(renderer, 21, 20, 10), (StraightRgba8{255, 255, 0, 255}));
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

// A picture of 8 × 6 pixels, each with another colour.
content::Part picture_of(uint8_t alpha, int seed) {
  frame::Image<frame::PremulRgba8> pixels({8, 6});
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 8; ++x) {
      const auto level = [&](int factor) {
        return static_cast<uint8_t>((x * factor + y * 31 + seed * 17) % (alpha + 1));
      };
      pixels.view().at(x, y) = {level(13), level(29), level(7), alpha};
    }
  }
  return render::part_of(
      content::Raster{std::make_shared<frame::Picture>(std::move(pixels)), {8, 6}});
}

// The pixels of the parts over a grey background.
frame::Image<frame::PremulRgba8> composed(const std::vector<content::Part>& parts) {
  compose::DrawList list{{8, 6}, {90, 90, 90, 255}, {}};
  for (const content::Part& part : parts) {
    list.items.push_back({part.picture, part.box_from_picture,
                          static_cast<uint8_t>(std::lround(part.opacity * 255)),
                          base::BlendMode::kNormal, std::nullopt});
  }
  frame::Image<frame::PremulRgba8> pixels(list.canvas);
  compose::compose_pixels(list, pixels.view());
  return pixels;
}

// The largest difference between the fade, which draws one content over the other, and the sum of
// both pictures.
int difference_from_sum(const content::Part& from, const content::Part& to, uint8_t weight) {
  const auto faded = cross_faded({{&from, 1}, {8, 6}}, {{&to, 1}, {8, 6}}, {}, weight).value();
  EXPECT_EQ(faded.size(), 2U);
  const content::Raster sum = mixed(drawn(from, {8, 6}).value(), drawn(to, {8, 6}).value(), weight);
  const auto a = composed(faded);
  const auto b = composed({render::part_of(sum)});
  int largest = 0;
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 8; ++x) {
      const frame::PremulRgba8 p = a.view().at(x, y);
      const frame::PremulRgba8 q = b.view().at(x, y);
      largest = std::max({largest, std::abs(p.red - q.red), std::abs(p.green - q.green),
                          std::abs(p.blue - q.blue), std::abs(p.alpha - q.alpha)});
    }
  }
  return largest;
}

TEST(ContentFade, DrawsAnOpaqueContentOverTheOtherWithTheSameResult) {
  for (const int each : {0, 1, 64, 128, 200, 254, 255}) {
    const auto weight = static_cast<uint8_t>(each);
    EXPECT_LE(difference_from_sum(picture_of(255, 1), picture_of(255, 2), weight), 1);
    // With a translucent content, each way rounds twice.
    EXPECT_LE(difference_from_sum(picture_of(120, 1), picture_of(255, 2), weight), 2);
    EXPECT_LE(difference_from_sum(picture_of(255, 1), picture_of(120, 2), weight), 2);
  }
}

TEST(ContentFade, AddsContentsOfWhichNoneCoversTheOther) {
  const content::Part from = picture_of(120, 1);
  const content::Part to = picture_of(200, 2);
  const auto faded = cross_faded({{&from, 1}, {8, 6}}, {{&to, 1}, {8, 6}}, {}, 128).value();
  ASSERT_EQ(faded.size(), 1U);
  const auto& picture = *std::get<frame::PicturePtr>(faded.front().picture);
  EXPECT_EQ(picture.view().at(0, 0).alpha, 160);  // (120 × 127 + 200 × 128) ÷ 255
  // An opaque picture that is smaller than the other covers it not.
  const content::Part large = picture_of(255, 3);
  content::Part small = picture_of(255, 4);
  small.box_from_picture = base::scaling(0.5, 0.5);
  EXPECT_EQ(cross_faded({{&large, 1}, {8, 6}}, {{&small, 1}, {4, 3}}, {}, 128).value().size(), 2U);
  content::Part aside = picture_of(255, 4);
  aside.box_from_picture = base::translation(4, 0);
  EXPECT_EQ(cross_faded({{&large, 1}, {8, 6}}, {{&aside, 1}, {8, 6}}, {}, 128).value().size(), 1U);
}

TEST(ContentFade, OfNothingIsAFadeIn) {
  const content::Part part = picture_of(255, 1);
  const auto faded = cross_faded({{}, {8, 6}}, {{&part, 1}, {8, 6}}, {}, 51).value();
  ASSERT_EQ(faded.size(), 1U);
  EXPECT_EQ(std::get<frame::PicturePtr>(faded.front().picture)->view().at(3, 3).alpha, 51);
}

}  // namespace
}  // namespace layercast::render
