#include "render/scrolled.h"

#include "frame/frame.h"
#include "frame/image.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/model/scene_settings.h"
#include "scene/wire/scene_file.h"
#include "tests/scene/parsed_scene.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::render {
namespace {

using base::SceneTime;
using frame::StraightRgba8;

using Row = std::vector<std::array<uint8_t, 4>>;

scene::SceneFile scene_with(const std::string& layer,
                            const std::string& canvas = "{width: 64, height: 32, fps: 30}") {
  scene::SceneFile file =
      scene::parsed_scene("version: 1\nscene: s\ncanvas: " + canvas +
                          "\nlayers:\n  - {id: a, type: overlay, " + layer + "}\n");
  file.folder = std::string(LAYERCAST_SOURCE_DIR) + "/scenes";
  return file;
}

// The pixels of row `y`, or of column `y`, of each of some frames.
class Shown {
 public:
  explicit Shown(const scene::SceneFile& file) : renderer_(offline_renderer(file, {})) {
    EXPECT_TRUE(renderer_.prepare(0).empty());
  }

  Row row(int64_t frame, int y) { return line(frame, y, false); }
  Row column(int64_t frame, int x) { return line(frame, x, true); }

 private:
  Row line(int64_t index, int place, bool is_column) {
    const frame::FramePtr frame = renderer_.render(index);
    for (const auto& failure : renderer_.take_failures()) {
      ADD_FAILURE() << failure.error.to_string();
    }
    const auto view = frame->rgba();
    Row pixels;
    for (int i = 0; i < (is_column ? view.height() : view.width()); ++i) {
      const StraightRgba8 pixel = is_column ? view.at(place, i) : view.at(i, place);
      pixels.push_back({pixel.red, pixel.green, pixel.blue, pixel.alpha});
    }
    return pixels;
  }

  Renderer renderer_;
};

// A strip 20 px long of which every column is another colour.
std::string strip(int length) {
  std::string svg = "<svg xmlns='http://www.w3.org/2000/svg' width='" + std::to_string(length) +
                    "' height='10' shape-rendering='crispEdges'>";
  for (int i = 0; i < length; ++i) {
    svg += "<rect x='" + std::to_string(i) + "' width='1' height='10' fill='rgb(" +
           std::to_string(7 * i + 20) + "," + std::to_string(200 - 9 * i) + ",90)'/>";
  }
  return svg + "</svg>";
}

std::string scrolled(const std::string& content, const std::string& scroll) {
  return "size: [32, 10], content: " + content + ", animations: [{effect: scroll, " + scroll + "}]";
}
std::string svg_scrolled(const std::string& scroll) {
  return scrolled("{type: svg, svg: \"" + strip(20) + "\"}", scroll);
}

TEST(Scrolled, WhatLeavesAtOneSideComesBackAtTheOther) {
  const scene::SceneFile file = scene_with(svg_scrolled("direction: left, speed: 30"));
  Shown shown(file);
  const Row first = shown.row(0, 5);
  for (int frame = 1; frame < 50; ++frame) {
    const Row row = shown.row(frame, 5);
    for (size_t x = 0; x < 32; ++x) {
      ASSERT_EQ(row[x], first[(x + static_cast<size_t>(frame)) % 20]) << frame << " " << x;
    }
    for (size_t x = 32; x < 64; ++x) ASSERT_EQ(row[x], first[40]) << "outside the box";
  }
}

TEST(Scrolled, ToTheRightItGoesTheOtherWay) {
  const scene::SceneFile file = scene_with(svg_scrolled("direction: right, speed: 30"));
  Shown shown(file);
  const Row first = shown.row(0, 5);
  for (int frame = 1; frame < 50; ++frame) {
    const Row row = shown.row(frame, 5);
    for (size_t x = 0; x < 32; ++x) {
      ASSERT_EQ(row[x], first[(x + 60 - static_cast<size_t>(frame)) % 20]) << frame << " " << x;
    }
  }
}

TEST(Scrolled, AGapComesBetweenTheEndAndTheBeginning) {
  const scene::SceneFile file = scene_with(svg_scrolled("speed: 30, gap: 15"));
  Shown shown(file);
  const Row first = shown.row(0, 5);
  EXPECT_EQ(first[20], first[40]);  // nothing
  EXPECT_EQ(first[31], first[40]);
  EXPECT_EQ(shown.row(35, 5), first);
  const Row row = shown.row(25, 5);
  EXPECT_EQ(row[9], first[40]);
  EXPECT_EQ(row[10], first[0]);
  EXPECT_EQ(row[29], first[19]);
}

TEST(Scrolled, HasNoSeamBetweenWholePixels) {
  // One colour, at a third of a pixel a frame.
  const scene::SceneFile plain =
      scene_with(scrolled("{type: color, color: \"#c04080\"}", "speed: 10"));
  Shown shown(plain);
  const Row first = shown.row(0, 5);
  ASSERT_NE(first[0], first[40]);
  for (int frame = 1; frame < 100; ++frame) ASSERT_EQ(shown.row(frame, 5), first) << frame;
}

TEST(Scrolled, UpAndDownItRepeatsBelow) {
  const scene::SceneFile file = scene_with(
      "size: [8, 32], content: {type: svg, svg: \"<svg "
      "xmlns='http://www.w3.org/2000/svg' width='4' height='6'><rect width='4' "
      "height='3' fill='red'/><rect y='3' width='4' height='3' fill='blue'/></svg>\"}, "
      "animations: [{effect: scroll, direction: up, speed: 30}]",
      "{width: 64, height: 32, fps: 30}");
  Shown shown(file);
  // As wide as the box, and so twice as high.
  const Row first = shown.column(0, 4);
  EXPECT_EQ(first[2], first[14]);
  EXPECT_NE(first[2], first[8]);
  EXPECT_EQ(shown.column(12, 4), first);
  const Row moved = shown.column(4, 4);
  for (size_t y = 0; y < 28; ++y) ASSERT_EQ(moved[y], first[y + 4]) << y;
}

TEST(Scrolled, ATextIsOneLineHoweverNarrowItsBox) {
  const std::string words =
      "{type: text, text: \"several words that would wrap\", style: "
      "{font_size: 8}}";
  const auto box_of = [&](const std::string& more) {
    const scene::SceneFile file = scene_with("size: [32, 10], content: " + words + more);
    content::Rasterizer rasterizer(scene::settings_of(file.scene, file.folder));
    return rasterizer.rasterise(file.scene.layers[0], "several words that would wrap").value();
  };
  const content::Raster still = box_of("");
  EXPECT_EQ(still.repeats_after, 0);
  EXPECT_GT(still.picture->size().height, 16) << "it wraps";
  const content::Raster ticker = box_of(", animations: [{effect: scroll, speed: 20, gap: 7}]");
  EXPECT_GT(ticker.repeats_after, 90);
  EXPECT_EQ(ticker.picture->size().height, 10);
  EXPECT_EQ(ticker.box, (base::SizeF{32, 10}));
  const content::Raster credits =
      box_of(", animations: [{effect: scroll, direction: up, speed: 20}]");
  EXPECT_EQ(credits.picture->size().width, 32);
  EXPECT_GT(credits.repeats_after, 16) << "it wraps";
}

TEST(Scrolled, ABackgroundStandsBehindAllOfATicker) {
  const scene::SceneFile file = scene_with(
      scrolled("{type: text, text: i, style: {font_size: 8, background_color: \"#204060\"}}",
               "speed: 17, gap: 25"));
  Shown shown(file);
  const std::array<uint8_t, 4> color = {0x20, 0x40, 0x60, 255};
  for (int frame = 0; frame < 60; ++frame) {
    const Row top = shown.row(frame, 0);
    for (size_t x = 0; x < 32; ++x) ASSERT_EQ(top[x], color) << frame << " " << x;
  }
}

TEST(Scrolled, AGradientBehindATickerStaysWhereItIs) {
  const scene::SceneFile file = scene_with(
      scrolled("{type: text, text: i, style: {font_size: 8, color: \"#fff0\", background_color: "
               "\"linear-gradient(90deg, #000000, #400000)\"}}",
               "speed: 17, gap: 25"));
  Shown shown(file);
  for (int frame = 0; frame < 60; frame += 7) {
    const Row row = shown.row(frame, 0);
    for (size_t x = 0; x < 32; ++x) {
      ASSERT_NEAR(row[x][0], 2 * (static_cast<double>(x) + 0.5), 1) << frame << " " << x;
      ASSERT_EQ(row[x][3], 255);
    }
  }
}

TEST(Scrolled, ABackgroundIsFilteredWithItsTicker) {
  const scene::SceneFile file = scene_with(
      scrolled("{type: text, text: i, style: {font_size: 8, color: \"#fff0\", background_color: "
               "\"linear-gradient(#204060, #204060)\"}}",
               "speed: 17, gap: 25") +
      ", filters: [{invert: 1}]");
  const std::array<uint8_t, 4> inverted = {0xdf, 0xbf, 0x9f, 255};
  EXPECT_EQ(Shown(file).row(3, 5)[7], inverted);
}

// What a white content shows at a place in a box of this length.
int ramp(size_t place, double length, double fade) {
  const double from_edge =
      std::min(static_cast<double>(place) + 0.5, length - static_cast<double>(place) - 0.5);
  return static_cast<int>(std::floor(std::min(1.0, from_edge / fade) * 255 + 0.5));
}

TEST(Scrolled, ItsEdgesFadeAndStayWhereTheyAre) {
  const scene::SceneFile file =
      scene_with(scrolled("{type: color, color: white}", "speed: 10, fade_edges: 8"));
  Shown shown(file);
  for (int frame = 0; frame < 60; frame += 5) {
    const Row row = shown.row(frame, 5);
    for (size_t x = 0; x < 32; ++x) ASSERT_EQ(row[x][0], ramp(x, 32, 8)) << frame << " " << x;
    for (size_t x = 32; x < 64; ++x) ASSERT_EQ(row[x][0], 0);
  }
  const scene::SceneFile rising = scene_with(
      scrolled("{type: color, color: white}", "direction: up, speed: 10, fade_edges: 3"));
  const Row column = Shown(rising).column(7, 20);
  for (size_t y = 0; y < 10; ++y) ASSERT_EQ(column[y][0], ramp(y, 10, 3)) << y;
}

TEST(Scrolled, OnlyTheLettersFadeNotTheirBackground) {
  const auto ticker = [](const std::string& color, const std::string& scroll) {
    return scene_with(scrolled("{type: text, text: \"████████\", style: {font_size: 12, color: \"" +
                                   color + "\", background_color: \"#204060\"}}",
                               scroll));
  };
  const Row behind = Shown(ticker("#0000", "speed: 30, fade_edges: 8")).row(5, 5);
  const Row letters = Shown(ticker("#fff", "speed: 30, fade_edges: 8")).row(5, 5);
  const Row hard = Shown(ticker("#fff", "speed: 30")).row(5, 5);
  const std::array<uint8_t, 4> color = {0x20, 0x40, 0x60, 255};
  for (size_t x = 0; x < 32; ++x) {
    EXPECT_EQ(behind[x], color) << x;
    const double part = std::min(1.0, ramp(x, 32, 8) / 255.0);
    EXPECT_NEAR(letters[x][0], 0x20 + (hard[x][0] - 0x20) * part, 2) << x;
  }
  EXPECT_GT(hard[0][0], 200);
}

TEST(Scrolled, ARoundTakesTheDurationAndTheLastOneEndsWhereItBegan) {
  const scene::SceneFile file = scene_with(svg_scrolled("duration: 1s, iterations: 2"));
  Shown shown(file);
  const Row first = shown.row(0, 5);
  EXPECT_NE(shown.row(15, 5), first);
  const Row half = shown.row(15, 5);
  for (size_t x = 0; x < 32; ++x) ASSERT_EQ(half[x], first[(x + 10) % 20]);
  EXPECT_EQ(shown.row(30, 5), first);
  EXPECT_EQ(shown.row(45, 5), half);
  EXPECT_EQ(shown.row(60, 5), first);
  EXPECT_EQ(shown.row(75, 5), first);
}

scene::Animation speedy(double speed) {
  scene::Animation animation;
  animation.effect = scene::ScrollEffect{scene::Direction::kLeft, 0, speed};
  return animation;
}

TEST(ScrolledBy, IsTheExactRestAfterYears) {
  constexpr base::FrameRate kNtsc{30000, 1001};
  constexpr int64_t kYear = int64_t{365} * 24 * 3600 * 30;
  for (const int64_t frame : {int64_t{1}, kYear / 7, 3 * kYear, 20 * kYear + 11}) {
    // 90 px a second, 613 px round: 90 · 1001 · frame ÷ 30000 mod 613.
    __extension__ using Int128 = __int128;
    const auto thousandths =
        static_cast<int64_t>(Int128{90} * 1001 * frame % (Int128{613} * 30000));
    const double expected = static_cast<double>(thousandths) / 30000;
    EXPECT_NEAR(scrolled_by(speedy(90), 613, kNtsc.time_of(frame), {}), expected, 1e-9) << frame;
  }
}

TEST(ScrolledBy, BeginsAfterTheDelayOfItsOwnStart) {
  scene::Animation animation = speedy(10);
  animation.timing.delay = std::chrono::seconds(1);
  const auto by = [&](int64_t ms, base::Duration start) {
    return scrolled_by(animation, 100, SceneTime{ms, 1000}, start);
  };
  EXPECT_EQ(by(900, {}), 0);
  EXPECT_EQ(by(3000, {}), 20);
  EXPECT_EQ(by(3000, std::chrono::seconds(2)), 0);
  EXPECT_EQ(by(13000, std::chrono::seconds(2)), 0);
}

TEST(Scrolled, PartsOfWhatMovesByItselfAreRepeatedByWholePixels) {
  const scene::SceneFile file =
      scene_with(svg_scrolled("direction: left, speed: 10, gap: 4, fade_edges: 3"));
  const auto picture =
      std::make_shared<const frame::Picture>(frame::Image<frame::PremulRgba8>({12, 10}));
  std::vector<content::Part> parts = {{picture, {}, 1, false}};
  scroll({*file.scene.layers[0], {}}, {12, 10}, {19, 20}, parts);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].box_from_picture, base::translation(-9, 0));
  EXPECT_EQ(parts[1].box_from_picture, base::translation(7, 0));
  EXPECT_TRUE(parts[0].is_cut_to_box && parts[1].is_cut_to_box);
  EXPECT_EQ(parts[0].fade, (base::SizeF{3, 0}));
  EXPECT_EQ(parts[1].fade, (base::SizeF{3, 0}));
}

}  // namespace
}  // namespace layercast::render
