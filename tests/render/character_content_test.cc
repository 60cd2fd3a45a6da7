#include "render/character_content.h"

#include "content/image/still.h"
#include "frame/image.h"
#include "frame/video_feed.h"
#include "frame/yuv_picture.h"
#include "render/mixed_picture.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/wire/scene_file.h"
#include "tests/content/picture/made_sound_probe.h"
#include "tests/scene/parsed_scene.h"

#include <array>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::render {
namespace {

using std::chrono::milliseconds;

using base::RectI;
using base::SizeI;
using frame::FramePtr;
using frame::PremulRgba8;
using frame::StraightRgba8;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr StraightRgba8 kRed{250, 20, 30, 255};
constexpr StraightRgba8 kGreen{10, 200, 60, 255};
constexpr StraightRgba8 kBlue{40, 50, 240, 255};
constexpr StraightRgba8 kClear{};

// A grey video, whatever the time.
class GreyFeed : public frame::VideoFeed {
 public:
  GreyFeed() {
    const frame::YuvLayout layout{.size = {4, 4}, .range = frame::YuvRange::kFull};
    auto planes = std::make_shared<std::array<frame::Image<uint8_t>, 3>>();
    std::array<frame::YuvPicture::Plane, 3> views;
    for (size_t i = 0; i < 3; ++i) {
      planes->at(i) = frame::Image<uint8_t>(i == 0 ? layout.size : layout.chroma_size());
      const auto view = planes->at(i).view();
      for (int y = 0; y < view.height(); ++y) {
        for (int x = 0; x < view.width(); ++x) view.at(x, y) = i == 0 ? 200 : 128;
      }
      views.at(i) = view;
    }
    picture_ = std::make_shared<const frame::YuvPicture>(layout, views, planes);
  }
  base::SizeF display_size() const override { return {4, 4}; }
  base::Result<frame::AnyPicture> picture_at(const base::SceneTime&) override {
    return frame::AnyPicture(picture_);
  }
  base::Result<frame::AnyPicture> newest_at(const base::SceneTime& time) override {
    return picture_at(time);
  }
  int64_t decode_nanoseconds() const override { return 0; }

 private:
  frame::YuvPicturePtr picture_;
};

class Characters : public ::testing::Test {
 protected:
  Characters() {
    std::string name = (std::filesystem::temp_directory_path() / "characters.XXXXXX").string();
    folder_ = mkdtemp(name.data());
    write("red.png", {kRed}, 4, 4);
    write("still.png", {kBlue}, 4, 4);
    write("half.png", {{255, 255, 255, 128}}, 4, 4);
    write("texture.png", {{128, 255, 0, 255}}, 4, 4);
    // Two cells.
    write("talk.png", {kGreen, kGreen, kClear, kClear}, 8, 4);
    for (int i = 0; i < 4; ++i) {
      const auto level = static_cast<uint8_t>(40 * i + 40);
      write("f" + std::to_string(i) + ".png", {{level, level, level, 255}}, 4, 4);
    }
  }
  ~Characters() override { std::filesystem::remove_all(folder_); }

  // Its colours are those of equal columns.
  void write(const std::string& name, const std::vector<StraightRgba8>& colors, int width,
             int height) const {
    frame::Image<StraightRgba8> image({width, height});
    const int each = width / static_cast<int>(colors.size());
    for (int y = 0; y < height; ++y) {
      for (int x = 0; x < width; ++x) image.view().at(x, y) = colors[static_cast<size_t>(x / each)];
    }
    const auto bytes =
        content::encode_still(std::as_const(image).view(), content::StillFormat::kPng);
    ASSERT_TRUE(bytes.ok());
    std::ofstream(folder_ / name, std::ios::binary) << bytes.value();
  }

  scene::SceneFile scene_of(const std::string& content, const std::string& layer = "") const {
    const std::string yaml =
        "version: 1\nscene: a\ncanvas: {width: 16, height: 16, fps: 20, background: transparent}\n"
        "layers:\n  - {id: host, type: " +
        (layer.empty() ? "host" : layer) + ", content: {" + content + "}}\n";
    scene::SceneFile file = scene::parsed_scene(yaml);
    file.folder = folder_.string();
    return file;
  }

  static OfflineOptions options() {
    OfflineOptions options;
    options.format = frame::PixelFormat::kRgba;
    options.open_feed = [](const scene::VideoContent&, const std::string&) {
      return base::Result<std::unique_ptr<frame::VideoFeed>>(std::make_unique<GreyFeed>());
    };
    return options;
  }

  static StraightRgba8 pixel(const frame::Frame& frame, int x, int y) {
    const uint8_t* at = frame.plane(0) + y * frame.row_bytes(0) + ptrdiff_t{4} * x;
    return {at[0], at[1], at[2], at[3]};
  }
  // The pixel at (1, 1) of each of these frames, 50 ms apart.
  std::vector<StraightRgba8> colors(const std::string& content, const std::vector<int>& frames,
                                    const std::string& layer = "",
                                    const scene::CharacterRun& run = {}) const {
    const scene::SceneFile file = scene_of(content, layer);
    OfflineOptions with_run = options();
    scene::LayerRun host;
    host.id = "host";
    host.character = run;
    with_run.run.layers.set(std::move(host));
    Renderer renderer = offline_renderer(file, with_run);
    for (const auto& failure : renderer.prepare(0)) ADD_FAILURE() << failure.error.to_string();
    std::vector<StraightRgba8> found;
    for (const int index : frames) found.push_back(pixel(*renderer.render(index), 1, 1));
    for (const auto& failure : renderer.take_failures()) {
      ADD_FAILURE() << failure.error.to_string();
    }
    return found;
  }
  std::string failing_place(const std::string& content) const {
    const scene::SceneFile file = scene_of(content);
    Renderer renderer = offline_renderer(file, options());
    const auto failures = renderer.prepare(0);
    EXPECT_EQ(failures.size(), 1U);
    return failures.empty() ? "" : failures[0].value_path;
  }

  std::filesystem::path folder_;
};

constexpr const char* kTalking =
    "animations: {talking: {type: sprite, source: talk.png, sprite: {columns: 2}}}";
constexpr const char* kGrey =
    "animations: {idle: {type: frames, source: \"f%d.png\"}, "
    "talking: {type: sprite, source: talk.png, sprite: {columns: 2}}}";

StraightRgba8 grey(int level) {
  const auto each = static_cast<uint8_t>(level);
  return {each, each, each, 255};
}

TEST_F(Characters, AnAnimatedLayerShowsThePictureOfItsTime) {
  EXPECT_THAT(colors("type: frames, source: \"f%d.png\", frame_delay: 100ms", {0, 1, 2, 4, 6, 7, 8},
                     "overlay"),
              ElementsAre(grey(40), grey(40), grey(80), grey(120), grey(160), grey(160), grey(40)));
}

TEST_F(Characters, APictureThatStaysCostsNothing) {
  const scene::SceneFile file =
      scene_of("type: frames, source: \"f%d.png\", frame_delay: 200ms", "overlay");
  Renderer renderer = offline_renderer(file, options());
  static_cast<void>(renderer.prepare(0));
  const FramePtr first = renderer.render(0);
  EXPECT_EQ(renderer.render(1), first);
  EXPECT_EQ(renderer.render(3), first);
  EXPECT_NE(renderer.render(4), first);
}

TEST_F(Characters, TheSourceShowsWithoutAStateAndTheAnimationWithOne) {
  EXPECT_THAT(colors(std::string("type: character, source: still.png, ") + kTalking, {0, 2}),
              ElementsAre(kBlue, kBlue));
  EXPECT_THAT(colors(std::string("type: character, source: still.png, state: talking, ") + kTalking,
                     {0, 2, 4}),
              ElementsAre(kGreen, kClear, kGreen));
  EXPECT_THAT(colors("type: character, source: {type: frames, source: \"f%d.png\"}", {0, 2}),
              ElementsAre(grey(40), grey(80)));
}

TEST_F(Characters, AnimationsAreContainedInTheSourcesSize) {
  write("wide.png", {kGreen}, 8, 4);
  const scene::SceneFile file = scene_of(
      "type: character, source: still.png, state: a, animations: "
      "{a: {type: sprite, source: wide.png, sprite: {columns: 1}}}");
  Renderer renderer = offline_renderer(file, options());
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  const FramePtr frame = renderer.render(0);
  // 8 × 4 in 4 × 4.
  EXPECT_EQ(pixel(*frame, 1, 0), kClear);
  EXPECT_EQ(pixel(*frame, 1, 1), kGreen);
  EXPECT_EQ(pixel(*frame, 4, 1), kClear);
}

TEST_F(Characters, AChangeOfStateIsAWeightedSum) {
  // From the blue still to a green that comes and goes: 200 ms, a frame every 50.
  const auto found =
      colors(std::string("type: character, source: still.png, state: talking, "
                         "cross_fade: 200ms, ") +
                 kTalking,
             {0, 2, 3, 6, 7}, "", {std::nullopt, milliseconds(100), std::nullopt, std::nullopt});
  const auto mixed_level = [](int from, int to, int weight) {
    return static_cast<uint8_t>((from * (255 - weight) + to * weight + 127) / 255);
  };
  const int quarter = 64;  // 63.75
  EXPECT_EQ(found[0], kBlue);
  EXPECT_EQ(found[1], kBlue);
  // Opaque all the way: what lies below never shines through.
  EXPECT_EQ(found[2], (StraightRgba8{mixed_level(40, 10, quarter), mixed_level(50, 200, quarter),
                                     mixed_level(240, 60, quarter), 255}));
  EXPECT_EQ(found[3], kGreen);
  EXPECT_EQ(found[4], kGreen);
}

TEST_F(Characters, TheStateBeforeGoesOnWhileItFades) {
  // Grey f2 (120) from 200 ms on, and f3 from 300 ms on; green from 200 ms to 300.
  const auto found = colors(std::string("type: character, source: still.png, state: talking, "
                                        "cross_fade: 10s, ") +
                                kGrey,
                            {3, 5, 7}, "", {"idle", milliseconds(200), std::nullopt, std::nullopt});
  EXPECT_EQ(found[0], grey(80));
  // 50 of 10000 ms: 1/255. The difference is below a level or two.
  EXPECT_NEAR(found[1].red, 120, 2);
  EXPECT_EQ(found[1].alpha, 255);
  EXPECT_NEAR(found[2].red, 160, 4);
  EXPECT_EQ(found[2].alpha, 251);  // the green is gone, at 4/255
}

TEST_F(Characters, AFadeThatTurnedRoundGoesOnWithoutAJump) {
  const std::string there = std::string(
                                "type: character, source: red.png, state: talking, "
                                "cross_fade: 400ms, ") +
                            kTalking;
  // Back to the source after a quarter, with the run state that a command gives it.
  const std::string back =
      std::string("type: character, source: red.png, cross_fade: 400ms, ") + kTalking;
  // An eighth of the way there, and five eighths back, from the cell that is clear.
  const auto before = colors(there, {3}, "", {std::nullopt, milliseconds(100), std::nullopt, {}});
  const auto after =
      colors(back, {5, 8}, "", {"talking", milliseconds(0), milliseconds(100), milliseconds(0)});
  EXPECT_EQ(before[0].alpha, 255);
  EXPECT_NEAR(before[0].red, 250 - (250 - 10) / 8, 1);
  EXPECT_EQ(after[0].alpha, 159);
  EXPECT_EQ(after[1], kRed);
}

TEST_F(Characters, ATextureIsOnEveryPictureAndInEveryFade) {
  const std::string textured = "texture: texture.png, type: character, ";
  EXPECT_THAT(colors(textured + "source: red.png", {0}),
              ElementsAre(StraightRgba8{125, 20, 0, 255}));
  EXPECT_THAT(colors(textured + "source: {type: frames, source: \"f%d.png\"}", {0, 2}),
              ElementsAre(StraightRgba8{20, 40, 0, 255}, StraightRgba8{40, 80, 0, 255}));
  EXPECT_THAT(colors(textured + "source: {type: video, source: a.mp4}", {0, 2}),
              ElementsAre(StraightRgba8{100, 200, 0, 255}, StraightRgba8{100, 200, 0, 255}));
  const auto fading = colors(textured +
                                 "source: {type: video, source: a.mp4}, state: talking, "
                                 "cross_fade: 100ms, " +
                                 kTalking,
                             {1}, "", {std::nullopt, milliseconds(0), std::nullopt, {}});
  EXPECT_EQ(fading[0].alpha, 255);
  EXPECT_NEAR(fading[0].red, (100 + 5) / 2, 1);
  EXPECT_NEAR(fading[0].green, 200, 1);
}

TEST_F(Characters, AVideoPlaysInAState) {
  EXPECT_THAT(colors("type: character, source: red.png, state: on, animations: "
                     "{on: {type: video, source: a.mp4}}",
                     {0, 3}),
              ElementsAre(grey(200), grey(200)));
}

constexpr const char* kStills =
    "animations: {up: {type: image, source: red.png}, down: {type: image, source: still.png}}";

TEST_F(Characters, AnImageIsAStateLikeAnAnimation) {
  const std::string character = std::string("type: character, source: half.png, ") + kStills;
  EXPECT_THAT(colors(character, {0}), ElementsAre(StraightRgba8{255, 255, 255, 128}));
  EXPECT_THAT(colors(character + ", state: up", {0, 9}), ElementsAre(kRed, kRed));
  EXPECT_THAT(colors(character + ", state: down, texture: texture.png", {0}),
              ElementsAre(StraightRgba8{20, 50, 0, 255}));
  EXPECT_THAT(colors("type: character, source: {type: image, source: red.png}", {0}),
              ElementsAre(kRed));
}

TEST_F(Characters, AnImageFitsTheBoxAsItSays) {
  write("wide.png", {kGreen, kBlue}, 8, 4);
  const auto shown = [&](const std::string& fit) {
    return colors(
        "type: character, source: still.png, state: a, animations: "
        "{a: {type: image, source: wide.png" +
            fit + "}}",
        {0})[0];
  };
  // The pixel at (1, 1) of 4 × 4: 8 × 4 becomes 4 × 2, or its middle.
  EXPECT_EQ(shown(""), kGreen);
  EXPECT_EQ(shown(", fit: none"), kGreen);
  const scene::SceneFile file = scene_of(
      "type: character, source: still.png, state: a, animations: "
      "{a: {type: image, source: wide.png, fit: cover}}");
  Renderer renderer = offline_renderer(file, options());
  const FramePtr frame = renderer.render(0);
  EXPECT_EQ(pixel(*frame, 0, 0), kGreen);
  EXPECT_EQ(pixel(*frame, 3, 3), kBlue);
}

TEST_F(Characters, ImagesCrossFade) {
  const auto found = colors(std::string("type: character, source: half.png, state: down, "
                                        "cross_fade: 200ms, ") +
                                kStills,
                            {1, 4, 6}, "", {"up", milliseconds(100), std::nullopt, std::nullopt});
  EXPECT_EQ(found[0], kRed);
  // Half way, at 128/255.
  EXPECT_NEAR(found[1].red, (250 * 127 + 40 * 128) / 255, 1);
  EXPECT_NEAR(found[1].green, (20 * 127 + 50 * 128) / 255, 1);
  EXPECT_EQ(found[1].alpha, 255);
  EXPECT_EQ(found[2], kBlue);
}

TEST_F(Characters, WhatFailsIsNamedWhereItStands) {
  EXPECT_EQ(failing_place("type: character, source: red.png, state: a, animations: "
                          "{a: {type: image, source: no.png}}"),
            "layers[0].content.animations.a.source");
  EXPECT_EQ(failing_place("type: character, source: no.png"), "layers[0].content.source");
  EXPECT_EQ(failing_place("type: character, source: {type: gif, source: no.gif}"),
            "layers[0].content.source.source");
  EXPECT_EQ(failing_place("type: character, source: red.png, texture: no.png"),
            "layers[0].content.texture");
  EXPECT_EQ(failing_place("type: character, source: red.png, state: a, animations: "
                          "{b: {type: gif, source: nob.gif}, a: {type: gif, source: no.gif}}"),
            "layers[0].content.animations.a.source");
  std::ofstream(folder_ / "f2.png") << "no image";
  EXPECT_EQ(failing_place("type: character, source: red.png, state: a, animations: "
                          "{a: {type: frames, source: \"f%d.png\"}}"),
            "layers[0].content.animations.a.source");
}

TEST_F(Characters, AnAnimationThatDoesNotPlayMayBeMissing) {
  EXPECT_THAT(colors("type: character, source: red.png, animations: "
                     "{a: {type: gif, source: no.gif}}",
                     {0}),
              ElementsAre(kRed));
}

// ---- The sum itself -----------------------------------------------------------------------------

content::Raster raster_of(PremulRgba8 color, RectI place) {
  frame::Image<PremulRgba8> pixels({place.width(), place.height()});
  for (int y = 0; y < place.height(); ++y) {
    for (int x = 0; x < place.width(); ++x) pixels.view().at(x, y) = color;
  }
  const base::PointF corner{static_cast<double>(place.left), static_cast<double>(place.top)};
  return {std::make_shared<frame::Picture>(std::move(pixels), corner), {8, 8}};
}

TEST(MixedPictures, EveryLevelIsRoundedToNearest) {
  for (int weight = 0; weight <= 255; ++weight) {
    for (const auto& [from, to] : {std::pair{0, 255}, {255, 255}, {7, 200}, {129, 3}}) {
      const PremulRgba8 a{static_cast<uint8_t>(from), 0, 0, 255};
      const PremulRgba8 b{0, static_cast<uint8_t>(to), 0, 255};
      const auto sum = mixed(raster_of(a, {0, 0, 1, 1}), raster_of(b, {0, 0, 1, 1}),
                             static_cast<uint8_t>(weight));
      const PremulRgba8 pixel = sum.picture->view().at(0, 0);
      EXPECT_EQ(pixel.red, (from * (255 - weight) * 2 + 255) / 510);
      EXPECT_EQ(pixel.green, (to * weight * 2 + 255) / 510);
      EXPECT_EQ(pixel.alpha, 255);
    }
  }
}

TEST(MixedPictures, LieWhereTheyDidWhateverTheirSizes) {
  const PremulRgba8 red{200, 0, 0, 200};
  const PremulRgba8 blue{0, 0, 100, 100};
  const auto sum = mixed(raster_of(red, {1, 2, 4, 4}), raster_of(blue, {3, 3, 8, 6}), 51);
  EXPECT_EQ(sum.picture->origin(), (base::PointF{1, 2}));
  EXPECT_EQ(sum.picture->size(), (SizeI{7, 4}));
  const auto at = [&](int x, int y) { return sum.picture->view().at(x - 1, y - 2); };
  EXPECT_EQ(at(1, 2), (PremulRgba8{160, 0, 0, 160}));
  EXPECT_EQ(at(3, 3), (PremulRgba8{160, 0, 20, 180}));
  EXPECT_EQ(at(7, 5), (PremulRgba8{0, 0, 20, 20}));
  EXPECT_EQ(at(1, 5), (PremulRgba8{}));
}

// A voice that is loud in the frames from 4 to 7, which a frame every 50 ms shows from its step on.
OfflineOptions with_voice(OfflineOptions options) {
  options.open_probe = [](const std::string& of) {
    EXPECT_EQ(of, "program");
    return std::make_unique<content::MadeProbe>(
        [](int64_t step) { return step >= 20 && step < 40 ? 0.5F : 0.0F; });
  };
  return options;
}

TEST_F(Characters, AVoiceChoosesBetweenTwoStates) {
  const scene::SceneFile file = scene_of(
      "type: character, source: still.png, cross_fade: 0s, voice: program, "
      "talking: {hold: 0s, state: grey}, "
      "animations: {grey: {type: frames, source: \"f%d.png\"}}");
  Renderer renderer = offline_renderer(file, with_voice(options()));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  EXPECT_EQ(pixel(*renderer.render(3), 1, 1), kBlue);
  // The animation plays from the layer's start: 200 ms are two pictures of 100 ms.
  EXPECT_EQ(pixel(*renderer.render(4), 1, 1), grey(120));
  EXPECT_EQ(pixel(*renderer.render(7), 1, 1), grey(160));
  EXPECT_EQ(pixel(*renderer.render(8), 1, 1), kBlue);
}

TEST_F(Characters, AVoiceFadesBetweenItsStates) {
  const scene::SceneFile file = scene_of(
      "type: character, source: still.png, cross_fade: 100ms, voice: program, "
      "talking: {hold: 0s, state: red, else: green}, animations: "
      "{red: {type: sprite, source: red.png, sprite: {columns: 1}}, "
      "green: {type: sprite, source: talk.png, sprite: {columns: 2, count: 1}}}");
  Renderer renderer = offline_renderer(file, with_voice(options()));
  EXPECT_THAT(renderer.prepare(0), IsEmpty());
  EXPECT_EQ(pixel(*renderer.render(4), 1, 1), kGreen);
  const StraightRgba8 half = pixel(*renderer.render(5), 1, 1);
  EXPECT_NEAR(half.red, (kRed.red + kGreen.red) / 2, 1);
  EXPECT_NEAR(half.green, (kRed.green + kGreen.green) / 2, 1);
  EXPECT_EQ(half.alpha, 255);
  EXPECT_EQ(pixel(*renderer.render(6), 1, 1), kRed);
  EXPECT_EQ(pixel(*renderer.render(10), 1, 1), kGreen);
}

TEST_F(Characters, AStateThatTheVoiceDoesNotChooseIsShownAsItIs) {
  const std::string character =
      "type: character, source: still.png, voice: program, talking: {state: red}, animations: "
      "{red: {type: sprite, source: red.png, sprite: {columns: 1}}, "
      "green: {type: sprite, source: talk.png, sprite: {columns: 2, count: 1}}}, state: ";
  Renderer waves = offline_renderer(scene_of(character + "green"), with_voice(options()));
  EXPECT_EQ(pixel(*waves.render(7), 1, 1), kGreen);
  Renderer talks = offline_renderer(scene_of(character + "red"), with_voice(options()));
  EXPECT_EQ(pixel(*talks.render(0), 1, 1), kBlue);
  EXPECT_EQ(pixel(*talks.render(7), 1, 1), kRed);
}

}  // namespace
}  // namespace layercast::render
