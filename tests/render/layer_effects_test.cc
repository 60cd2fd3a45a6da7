#include "render/layer_effects.h"

#include "base/error.h"
#include "base/geometry.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "frame/picture.h"
#include "frame/recolor.h"
#include "frame/yuv_picture.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/wire/scene_file.h"
#include "tests/compose/print_pixel.h"
#include "tests/scene/parsed_scene.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::render {
namespace {

using base::SceneTime;
using frame::PremulRgba8;
using frame::StraightRgba8;
using scene::SceneFile;

SceneFile parsed(const std::string& yaml) { return scene::parsed_scene(yaml); }

// One layer on black, 64 × 48. `layer`: more of its keys.
SceneFile scene_with(std::string_view layer,
                     std::string_view content = "color, color: \"#ff0000\"") {
  return parsed(
      "version: 1\nscene: a\ncanvas: {width: 64, height: 48, fps: 10, background: black}\n"
      "layers:\n  - {id: a, type: overlay, size: [20, 20], "
      "transform: {position: [20, 14]}, " +
      std::string(layer) + ", content: {type: " + std::string(content) + "}}\n");
}

StraightRgba8 pixel(const frame::FramePtr& frame, int x, int y) { return frame->rgba().at(x, y); }

StraightRgba8 pixel_of(const SceneFile& file, int x, int y, int64_t index = 0) {
  Renderer renderer = offline_renderer(file, {});
  return pixel(renderer.render(index), x, y);
}

TEST(LayerFilters, ChangeTheContentAndOverflowItsBox) {
  const SceneFile file = scene_with("filters: [{invert: 1}, {blur: 2}]");
  EXPECT_EQ(pixel_of(file, 30, 24), (StraightRgba8{0, 255, 255, 255}));
  EXPECT_GT(pixel_of(file, 18, 24).green, 20);
  EXPECT_EQ(pixel_of(file, 18, 24).red, 0);
}

TEST(LayerFilters, ComeBeforeTheClip) {
  const SceneFile file = scene_with("filters: [{blur: 2}], clip: {radius: 0}");
  EXPECT_EQ(pixel_of(file, 18, 24), (StraightRgba8{0, 0, 0, 255}));
  EXPECT_LT(pixel_of(file, 20, 24).red, 200);
  EXPECT_GT(pixel_of(file, 20, 24).red, 100);
}

TEST(LayerFilters, ClampedBlursDoNotDarkenTheEdges) {
  const SceneFile file = parsed(R"(
version: 1
scene: a
canvas: {width: 64, height: 48, background: black}
layers:
  - id: a
    type: overlay
    filters: [{blur: {radius: 12, edge: clamp}}]
    content: {type: color, color: "#c06020"}
)");
  for (const auto& [x, y] : {std::pair{0, 0}, {63, 47}, {0, 24}, {32, 0}, {32, 24}}) {
    EXPECT_EQ(pixel_of(file, x, y), (StraightRgba8{192, 96, 32, 255})) << x << " " << y;
  }
}

// A green shadow, six pixels to the right of a red box whose corners have a radius of 8.
std::string shadowed(const std::string& order) {
  return "filters: [{drop_shadow: {color: \"#00ff00\", offset: [6, 0]}}], clip: {radius: 8" +
         order + "}";
}

TEST(LayerFilters, ComeAfterAClipThatSaysSo) {
  const StraightRgba8 black{0, 0, 0, 255};
  const SceneFile after = scene_with(shadowed(""));
  EXPECT_EQ(pixel_of(after, 43, 24), black);
  const SceneFile before = scene_with(shadowed(", order: before-filters"));
  EXPECT_EQ(pixel_of(before, 30, 24), (StraightRgba8{255, 0, 0, 255}));
  EXPECT_EQ(pixel_of(before, 43, 24), (StraightRgba8{0, 255, 0, 255}));
  EXPECT_EQ(pixel_of(before, 46, 24), black);
  // The corners of the content and of its shadow.
  EXPECT_EQ(pixel_of(before, 20, 14), black);
  EXPECT_EQ(pixel_of(before, 45, 14), black);
  EXPECT_EQ(pixel_of(before, 28, 14), (StraightRgba8{255, 0, 0, 255}));
}

TEST(LayerFilters, ClipMovingContentsAsStillOnes) {
  const std::string look = shadowed(", order: before-filters");
  const SceneFile still = scene_with(look);
  const SceneFile moving =
      scene_with(look +
                 ", animations: [{effect: keyframes, duration: 1s, keyframes: [{at: 0.5, filters: "
                 "[{drop_shadow: {color: \"#00ff00\", offset: [6, 0]}}]}]}]");
  Renderer one = offline_renderer(still, {});
  Renderer other = offline_renderer(moving, {});
  const auto a = one.render(3);
  const auto b = other.render(3);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) ASSERT_EQ(pixel(a, x, y), pixel(b, x, y)) << x << " " << y;
  }
}

TEST(LayerFilters, OfColoursGiveTheSameBeforeAndAfterTheClip) {
  const SceneFile before =
      scene_with("filters: [{invert: 1}], clip: {radius: 8, order: before-filters}");
  const SceneFile after = scene_with("filters: [{invert: 1}], clip: {radius: 8}");
  Renderer one = offline_renderer(before, {});
  Renderer other = offline_renderer(after, {});
  const auto a = one.render(0);
  const auto b = other.render(0);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) ASSERT_EQ(pixel(a, x, y), pixel(b, x, y)) << x << " " << y;
  }
}

TEST(LayerFilters, ComeBeforeTheOpacityAndTheBlending) {
  EXPECT_EQ(pixel_of(scene_with("filters: [{invert: 1}], opacity: 0.4"), 30, 24),
            (StraightRgba8{0, 102, 102, 255}));
  EXPECT_EQ(pixel_of(scene_with("filters: [{invert: 1}], blend_mode: multiply"), 30, 24),
            (StraightRgba8{0, 0, 0, 255}));
}

TEST(LayerFilters, MeasureInPixelsOfTheLayer) {
  const SceneFile file = parsed(R"(
version: 1
scene: a
canvas: {width: 64, height: 48, background: black}
layers:
  - id: a
    type: overlay
    size: [10, 10]
    transform: {scale: 2}
    filters: [{drop_shadow: {color: "#00ff00", offset: [10, 5]}}]
    content: {type: color, color: "#ff0000"}
)");
  EXPECT_EQ(pixel_of(file, 30, 25), (StraightRgba8{0, 255, 0, 255}));
  EXPECT_EQ(pixel_of(file, 30, 5), (StraightRgba8{0, 0, 0, 255}));
  EXPECT_EQ(pixel_of(file, 10, 15), (StraightRgba8{255, 0, 0, 255}));
}

// From 1 to 0 in a second of ten frames.
constexpr std::string_view kDarkens =
    "animations: [{effect: keyframes, duration: 1s, keyframes: "
    "[{at: 0, filters: [{brightness: 1}]}, {at: 1, filters: [{brightness: 0}]}]}]";

TEST(KeyframedFilters, ChangeFromFrameToFrame) {
  const SceneFile file = scene_with(kDarkens);
  EXPECT_EQ(pixel_of(file, 30, 24, 0).red, 255);
  EXPECT_EQ(pixel_of(file, 30, 24, 2).red, 204);
  EXPECT_EQ(pixel_of(file, 30, 24, 5).red, 128);
  EXPECT_EQ(pixel_of(file, 30, 24, 10).red, 0);
  EXPECT_EQ(pixel_of(file, 30, 24, 500).red, 0);
}

TEST(KeyframedFilters, AreTheSameInAnyOrderOfFrames) {
  const SceneFile file = scene_with(kDarkens);
  Renderer renderer = offline_renderer(file, {});
  for (const int64_t index : {7, 3, 3, 10, 0, 7}) {
    EXPECT_EQ(pixel(renderer.render(index), 30, 24), pixel_of(file, 30, 24, index)) << index;
  }
}

TEST(KeyframedFilters, AreThoseOfTheLayerWhereTheyAreTheSame) {
  const std::string filters =
      "[{blur: 1.5}, {saturate: 3}, {drop_shadow: {color: olive, blur: 2, offset: [3, 4.5]}}, "
      "{hue_rotate: 40}, {invert: 0.25}, {opacity: 0.75}]";
  const SceneFile still = scene_with("filters: " + filters);
  const SceneFile moving = scene_with("filters: " + filters +
                                      ", animations: [{effect: keyframes, duration: 1s, keyframes: "
                                      "[{at: 0.5, filters: " +
                                      filters + "}]}]");
  Renderer one = offline_renderer(still, {});
  Renderer other = offline_renderer(moving, {});
  const auto a = one.render(3);
  const auto b = other.render(3);
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) ASSERT_EQ(pixel(a, x, y), pixel(b, x, y)) << x << " " << y;
  }
}

TEST(KeyframedFilters, CostNothingWhileTheyStayAsTheyAre) {
  const SceneFile file = scene_with(kDarkens);
  Renderer renderer = offline_renderer(file, {});
  const auto frame = renderer.render(20);
  EXPECT_EQ(renderer.render(21), frame);
  EXPECT_EQ(renderer.render(400), frame);
}

TEST(KeyframedFilters, PlayAsTheLayerEnters) {
  const SceneFile file = scene_with(
      "enter: [{effect: keyframes, duration: 1s, keyframes: [{at: 0, filters: [{opacity: 0}]}]}]");
  EXPECT_EQ(pixel_of(file, 30, 24, 0).red, 0);
  EXPECT_EQ(pixel_of(file, 30, 24, 4).red, 102);
  EXPECT_EQ(pixel_of(file, 30, 24, 30).red, 255);
}

// ---- Filters in transition ----

// A scene whose layer has `filters`, with a transition of one second.
SceneFile in_transition(std::string_view filters) {
  return scene_with("filters: " + std::string(filters) +
                    ", transition: {duration: 1s, easing: linear}");
}

// The layer changes from the filters `from` at 0.
OfflineOptions changing_from(const SceneFile& file, std::vector<scene::Filter> from) {
  scene::LayerRun run;
  run.id = file.scene.layers.back()->id;
  run.transition.emplace();
  run.transition->filters_start = base::Duration{};
  run.transition->filters = std::move(from);
  OfflineOptions options;
  options.run.layers.set(std::move(run));
  return options;
}

TEST(FilterTransition, ChangesFromFrameToFrame) {
  const SceneFile file = in_transition("[{brightness: 0}]");
  Renderer renderer = offline_renderer(file, changing_from(file, {}));
  for (const auto& [index, red] : {std::pair{0, 255}, {2, 204}, {5, 128}, {10, 0}, {500, 0}}) {
    EXPECT_EQ(pixel(renderer.render(index), 30, 24).red, red) << index;
  }
}

// All pixels of the scene's frame `index`.
std::vector<StraightRgba8> pixels_of(const SceneFile& file, int64_t index,
                                     const OfflineOptions& options = {}) {
  Renderer renderer = offline_renderer(file, options);
  const auto frame = renderer.render(index);
  std::vector<StraightRgba8> pixels;
  for (int y = 0; y < 48; ++y) {
    for (int x = 0; x < 64; ++x) pixels.push_back(pixel(frame, x, y));
  }
  return pixels;
}

TEST(FilterTransition, BeginsAndEndsWithTheFiltersOfTheLayer) {
  const SceneFile file = in_transition("[{blur: 3}, {sepia: 1}]");
  const OfflineOptions from = changing_from(file, {scene::BlurFilter{1}});
  EXPECT_EQ(pixels_of(file, 0, from), pixels_of(scene_with("filters: [{blur: 1}]"), 0));
  EXPECT_EQ(pixels_of(file, 5, from),
            pixels_of(scene_with("filters: [{blur: 2}, {sepia: 0.5}]"), 0));
  EXPECT_EQ(pixels_of(file, 10, from),
            pixels_of(scene_with("filters: [{blur: 3}, {sepia: 1}]"), 0));
  const SceneFile back = in_transition("[]");
  const OfflineOptions from_blur = changing_from(back, {scene::BlurFilter{1}});
  EXPECT_EQ(pixels_of(back, 0, from_blur), pixels_of(scene_with("filters: [{blur: 1}]"), 0));
  EXPECT_EQ(pixels_of(back, 10, from_blur), pixels_of(scene_with("opacity: 1"), 0));
}

// ---- Contents that move ----

// Grey, lighter from picture to picture; 8 × 4.
class GreyFeed : public frame::VideoFeed {
 public:
  base::SizeF display_size() const override { return {8, 4}; }
  base::Result<frame::AnyPicture> picture_at(const SceneTime& time) override {
    const auto number = static_cast<int>(10 * time.numerator / time.denominator);
    if (picture_ == nullptr || number != number_) picture_ = grey(static_cast<uint8_t>(number));
    number_ = number;
    return frame::AnyPicture(picture_);
  }
  base::Result<frame::AnyPicture> newest_at(const SceneTime& time) override {
    return picture_at(time);
  }
  int64_t decode_nanoseconds() const override { return 0; }

 private:
  static frame::YuvPicturePtr grey(uint8_t number) {
    auto planes = std::make_shared<std::array<frame::Image<uint8_t>, 3>>();
    std::array<frame::YuvPicture::Plane, 3> views;
    const frame::YuvLayout layout{.size = {8, 4}, .range = frame::YuvRange::kFull};
    for (size_t i = 0; i < 3; ++i) {
      planes->at(i) = frame::Image<uint8_t>(i == 0 ? layout.size : layout.chroma_size());
      const auto view = planes->at(i).view();
      for (int y = 0; y < view.height(); ++y) {
        std::fill_n(view.row(y), view.width(), static_cast<uint8_t>(i == 0 ? number : 128));
      }
      views.at(i) = view;
    }
    return std::make_shared<const frame::YuvPicture>(layout, views, planes);
  }

  int number_ = 0;
  frame::YuvPicturePtr picture_;
};

OfflineOptions playing() {
  OfflineOptions options;
  options.open_feed = [](const scene::VideoContent&,
                         const std::string&) -> base::Result<std::unique_ptr<frame::VideoFeed>> {
    return std::unique_ptr<frame::VideoFeed>(std::make_unique<GreyFeed>());
  };
  return options;
}

TEST(VideoFilters, WorkOnEachPicture) {
  const SceneFile file =
      scene_with("filters: [{invert: 1}, {drop_shadow: {color: \"#0000ff\", offset: [12, 0]}}]",
                 "video, source: a.mp4, fit: cover");
  Renderer renderer = offline_renderer(file, playing());
  for (const int64_t index : {0, 40, 41, 90}) {
    const auto level = static_cast<uint8_t>(255 - index);
    const auto frame = renderer.render(index);
    EXPECT_EQ(pixel(frame, 21, 15), (StraightRgba8{level, level, level, 255}));
    EXPECT_EQ(pixel(frame, 39, 33), (StraightRgba8{level, level, level, 255}));
    // What of the video overflows the box throws no shadow.
    EXPECT_EQ(pixel(frame, 51, 33), (StraightRgba8{0, 0, 255, 255}));
    EXPECT_EQ(pixel(frame, 52, 33), (StraightRgba8{0, 0, 0, 255}));
  }
}

TEST(VideoFilters, OfColoursAreThoseOfItsPixels) {
  for (const std::string_view fit : {"fill", "cover", "none"}) {
    const SceneFile file =
        scene_with("filters: [{invert: 1}, {brightness: 0.5}], opacity: 0.8, clip: {radius: 2}",
                   "video, source: a.mp4, fit: " + std::string(fit));
    OfflineOptions options = playing();
    options.threads = 2;
    options.verify = compose::Verify::kEveryFrame;
    Renderer renderer = offline_renderer(file, options);
    for (const int64_t index : {0, 40, 41, 90}) {
      const double level = std::floor((255 - static_cast<double>(index)) / 2 + 0.5);
      const StraightRgba8 shown = pixel(renderer.render(index), 30, 24);
      EXPECT_NEAR(shown.red, level * 0.8, 0.51) << fit << index;
      EXPECT_EQ(shown.red, shown.green);
      EXPECT_EQ(shown.red, shown.blue);
    }
  }
}

TEST(VideoFilters, TakePlanesFromNoOneWhoHasOtherColours) {
  const auto on_whole_pixels = [](std::string_view filters) {
    return parsed("version: 1\nscene: a\ncanvas: {width: 64, height: 48, fps: 10}\nlayers:\n" +
                  std::string("  - {id: a, type: overlay, size: [8, 4], filters: ") +
                  std::string(filters) + ", content: {type: video, source: a.mp4}}\n");
  };
  OfflineOptions options = playing();
  options.format = frame::PixelFormat::kYuv420p;
  options.verify = compose::Verify::kEveryFrame;
  const SceneFile plain = on_whole_pixels("[]");
  const SceneFile dark = on_whole_pixels("[{brightness: 0}]");
  Renderer one = offline_renderer(plain, options);
  Renderer other = offline_renderer(dark, options);
  EXPECT_EQ(other.render(90)->plane(0)[3], 16);
  EXPECT_GT(one.render(90)->plane(0)[3], 50);
}

// ---- What is kept ----

content::Part part_with(PremulRgba8 color, base::Affine map) {
  frame::Image<PremulRgba8> pixels({6, 6});
  for (int y = 0; y < 6; ++y) std::fill_n(pixels.view().row(y), 6, color);
  return {std::make_shared<frame::Picture>(std::move(pixels)), map, 1, false};
}

scene::Layer layer_with(std::vector<scene::Filter> filters) {
  scene::Layer layer;
  layer.filters = std::move(filters);
  return layer;
}

TEST(LayerEffects, MakeOnePictureOfAllPartsAndKeepIt) {
  const std::vector<content::Part> parts = {part_with({255, 0, 0, 255}, {}),
                                            part_with({0, 255, 0, 255}, base::translation(4, 0))};
  const scene::Layer layer = layer_with({scene::ColorFilter{scene::ColorFilter::Kind::kInvert, 1},
                                         scene::DropShadowFilter{{0, 0, 0, 255}, 0, {1, 0}}});
  LayerEffects effects;
  std::vector<content::Part> shown = parts;
  ASSERT_TRUE(effects.apply({layer, {}}, {0, 1}, {10, 6}, std::nullopt, shown).ok());
  ASSERT_EQ(shown.size(), 1U);
  const auto first = std::get<frame::PicturePtr>(shown[0].picture);
  EXPECT_EQ(first->view().at(2, 2), (PremulRgba8{0, 255, 255, 255}));
  EXPECT_EQ(first->view().at(8, 2), (PremulRgba8{255, 0, 255, 255}));
  shown = parts;
  ASSERT_TRUE(effects.apply({layer, {}}, {5, 1}, {10, 6}, std::nullopt, shown).ok());
  EXPECT_EQ(std::get<frame::PicturePtr>(shown[0].picture), first);
  shown = {parts[0]};
  ASSERT_TRUE(effects.apply({layer, {}}, {5, 1}, {10, 6}, std::nullopt, shown).ok());
  EXPECT_NE(std::get<frame::PicturePtr>(shown[0].picture), first);
}

TEST(LayerEffects, LeaveTheLastColoursToWhoeverDraws) {
  const scene::ColorFilter invert{scene::ColorFilter::Kind::kInvert, 1};
  const scene::Layer colors = layer_with({invert, invert, invert});
  const content::Part part = part_with({255, 0, 0, 255}, base::rotation_degrees(9));
  LayerEffects effects;
  std::vector<content::Part> shown = {part};
  ASSERT_TRUE(effects.apply({colors, {}}, {0, 1}, {6, 6}, std::nullopt, shown).ok());
  EXPECT_EQ(shown, (std::vector<content::Part>{part}));
  const frame::RecoloringPtr recoloring = effects.recoloring();
  ASSERT_NE(recoloring, nullptr);
  EXPECT_EQ(recolored(*recoloring, {255, 0, 0, 255}), (PremulRgba8{0, 255, 255, 255}));
  ASSERT_TRUE(effects.apply({colors, {}}, {1, 1}, {6, 6}, std::nullopt, shown).ok());
  EXPECT_EQ(effects.recoloring(), recoloring);
  // Several parts lie over each other before their colours change.
  shown = {part, part};
  ASSERT_TRUE(effects.apply({colors, {}}, {1, 1}, {6, 6}, std::nullopt, shown).ok());
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(effects.recoloring(), recoloring);
  // A shadow is thrown by what comes before it, and filtered by what comes after.
  shown = {part_with({255, 0, 0, 255}, {})};
  const scene::DropShadowFilter shadow{{0, 0, 0, 255}, 0, {6, 0}};
  ASSERT_TRUE(
      effects.apply({layer_with({invert, shadow, invert}), {}}, {1, 1}, {6, 6}, std::nullopt, shown)
          .ok());
  const auto picture = std::get<frame::PicturePtr>(shown.at(0).picture);
  EXPECT_EQ(picture->view().at(2, 2), (PremulRgba8{0, 255, 255, 255}));
  EXPECT_EQ(picture->view().at(8, 2), (PremulRgba8{0, 0, 0, 255}));
  EXPECT_NE(effects.recoloring(), nullptr);
  shown = {part};
  ASSERT_TRUE(effects.apply({layer_with({}), {}}, {1, 1}, {6, 6}, std::nullopt, shown).ok());
  EXPECT_EQ(effects.recoloring(), nullptr);
}

TEST(LayerEffects, LeaveTheResolutionOfAScaledPicture) {
  const scene::Layer layer = layer_with({scene::DropShadowFilter{{0, 0, 0, 255}, 0, {3, 1}}});
  LayerEffects effects;
  std::vector<content::Part> shown = {
      part_with({255, 0, 0, 255}, base::translation(1, 2) * base::scaling(0.5, 0.25))};
  ASSERT_TRUE(effects.apply({layer, {}}, {0, 1}, {10, 6}, std::nullopt, shown).ok());
  const auto picture = std::get<frame::PicturePtr>(shown[0].picture);
  EXPECT_EQ(picture->size(), (base::SizeI{12, 10}));
  EXPECT_EQ(shown[0].box_from_picture, base::translation(1, 2) * base::scaling(0.5, 0.25));
}

TEST(LayerEffects, DoNothingWhereThereIsNothingToDo) {
  const content::Part part = part_with({255, 0, 0, 255}, {});
  LayerEffects effects;
  std::vector<content::Part> shown = {part};
  ASSERT_TRUE(
      effects.apply({layer_with({scene::BlurFilter{0}}), {}}, {0, 1}, {6, 6}, std::nullopt, shown)
          .ok());
  EXPECT_EQ(shown[0], part);
  shown.clear();
  ASSERT_TRUE(
      effects.apply({layer_with({scene::BlurFilter{5}}), {}}, {0, 1}, {6, 6}, std::nullopt, shown)
          .ok());
  EXPECT_TRUE(shown.empty());
}

// ---- Failures ----

TEST(LayerFilters, ThatReachTooFarShowTheErrorPictureAndSayWhy) {
  const std::string yaml =
      "version: 1\nscene: a\ncanvas: {width: 64, height: 48}\nlayers:\n"
      "  - {id: a, type: overlay, size: [16384, 4], FILTERS, content: {type: color, color: red}}\n";
  const auto with = [&](const std::string& filters) {
    std::string text = yaml;
    return parsed(text.replace(text.find("FILTERS"), 7, filters));
  };
  const SceneFile still = with("filters: [{blur: 200}]");
  Renderer one = offline_renderer(still, {});
  const auto told = one.prepare(0);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].layer, "a");
  EXPECT_EQ(told[0].error.code, base::ErrorCode::kLimit);
  EXPECT_NE(told[0].error.to_string().find("the filtered picture is too large"), std::string::npos);

  const SceneFile moving = with(
      "animations: [{effect: keyframes, duration: 1s, keyframes: [{at: 1, filters: [{blur: "
      "200}]}]}]");
  Renderer other = offline_renderer(moving, {});
  EXPECT_TRUE(other.prepare(0).empty());
  other.render(0);
  EXPECT_TRUE(other.take_failures().empty());
  other.render(100);
  other.render(101);
  const auto failures = other.take_failures();
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].error.code, base::ErrorCode::kLimit);
}

}  // namespace
}  // namespace layercast::render
