#include "render/renderer.h"

#include "base/error.h"
#include "base/geometry.h"
#include "frame/convert.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "render/offline_scene.h"
#include "scene/model/scene.h"
#include "scene/wire/scene_file.h"
#include "tests/compose/print_pixel.h"
#include "tests/scene/parsed_scene.h"
#include "tests/scene/random_scene.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <numeric>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::render {
namespace {

using base::SizeI;
using frame::Frame;
using frame::PixelFormat;
using frame::StraightRgba8;
using scene::SceneFile;

const std::string kScenesFolder = std::string(LAYERCAST_SOURCE_DIR) + "/scenes";

// A scene beside the artwork of scenes/, so that its sources are found.
SceneFile file_of(scene::Scene scene) {
  return {std::move(scene), kScenesFolder + "/test.yaml", kScenesFolder, {}};
}

// `path` is what the scene is called; its files are those of scenes/ all the same.
SceneFile parsed(std::string_view yaml) {
  SceneFile file = scene::parsed_scene(yaml);
  file.folder = kScenesFolder;
  return file;
}

std::string payload_of(const Frame& frame) {
  std::string bytes;
  for (int plane = 0; plane < frame.planes(); ++plane) {
    const int rows = frame::plane_size(frame.format(), frame.size(), plane).height;
    for (int y = 0; y < rows; ++y) {
      const auto* row =
          reinterpret_cast<const char*>(frame.plane(plane) + y * frame.row_bytes(plane));
      bytes.append(row, frame.packed_row_bytes(plane));
    }
  }
  return bytes;
}

// A frame of its own, which the renderer does not draw on any more.
Frame copy_of(const Frame& source) {
  Frame copy(source.format(), source.size());
  frame::copy_area(source, {0, 0, source.size().width, source.size().height}, copy);
  return copy;
}

Frame rendered(Renderer& renderer, int64_t index, PixelFormat format = PixelFormat::kRgba) {
  renderer.set_format(format);
  return copy_of(*renderer.render(index));
}

Frame rendered(std::string_view yaml, int64_t index, const OfflineOptions& options = {}) {
  const SceneFile file = parsed(yaml);
  Renderer renderer = offline_renderer(file, options);
  EXPECT_TRUE(renderer.prepare(index).empty());
  return rendered(renderer, index);
}

OfflineOptions with_threads(int threads) {
  OfflineOptions options;
  options.threads = threads;
  return options;
}

/// --- The same scene and index give the same bytes ---

// Frames by index and format.
using Frames = std::map<std::pair<int64_t, PixelFormat>, std::string>;

Frames frames_of(const SceneFile& file, const OfflineOptions& options,
                 std::span<const int64_t> indices) {
  OfflineOptions from_first = options;
  from_first.first_frame = indices.front();
  Renderer renderer = offline_renderer(file, from_first);
  Frames frames;
  for (const int64_t index : indices) {
    for (const PixelFormat format : {PixelFormat::kRgba, PixelFormat::kYuv420p}) {
      frames[{index, format}] = payload_of(rendered(renderer, index, format));
    }
  }
  return frames;
}

void expect_part_of(const Frames& part, const Frames& whole, std::string_view what) {
  for (const auto& [key, bytes] : part) {
    ASSERT_TRUE(bytes == whole.at(key)) << what << ", frame " << key.first;
  }
}

void expect_same_for_any_work(uint64_t seed) {
  const SceneFile file = file_of(scene::RandomScene(seed, scene::Purpose::kDraw).scene());
  // Some right after each other, some far ahead.
  const std::array<int64_t, 6> indices{0, 1, 2, 7, 40, 1000};
  const Frames whole = frames_of(file, {}, indices);
  const std::array<int64_t, 3> backwards{1000, 40, 7};
  expect_part_of(frames_of(file, with_threads(2), backwards), whole, "two threads, backwards");
  const auto first_shard = std::span(indices).first(3);
  expect_part_of(frames_of(file, with_threads(3), first_shard), whole, "three threads, a shard");
  const std::array<int64_t, 1> alone{7};
  expect_part_of(frames_of(file, {}, alone), whole, "alone");
}

class RandomScenes : public ::testing::TestWithParam<int> {};

TEST_P(RandomScenes, AreTheSameForAnyThreadsOrderAndShard) {
  for (int i = 0; i < 8; ++i) {
    const auto seed = static_cast<uint64_t>(GetParam()) * 8 + static_cast<uint64_t>(i);
    ASSERT_NO_FATAL_FAILURE(expect_same_for_any_work(seed)) << "seed " << seed;
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomScenes, ::testing::Range(0, 5));

TEST(RandomScenes, AreNotAllTheSamePicture) {
  // The property above would hold for a renderer that draws nothing, too.
  int drawn = 0;
  int moving = 0;
  for (uint64_t seed = 0; seed < 48; ++seed) {
    const SceneFile file = file_of(scene::RandomScene(seed, scene::Purpose::kDraw).scene());
    Renderer renderer = offline_renderer(file, {});
    const Frame first = rendered(renderer, 0);
    const Frame later = rendered(renderer, 40);
    const auto pixels = first.rgba();
    bool is_plain = true;
    for (int y = 0; y < pixels.height(); ++y) {
      for (int x = 0; x < pixels.width(); ++x) is_plain &= pixels.at(x, y) == pixels.at(0, 0);
    }
    drawn += is_plain ? 0 : 1;
    moving += payload_of(first) == payload_of(later) ? 0 : 1;
  }
  EXPECT_GE(drawn, 20);
  EXPECT_GE(moving, 8);
}

TEST(Renderer, YuvFramesAreTheConvertedPicture) {
  const SceneFile file = parsed(R"(
version: 1
scene: a
canvas: {width: 35, height: 19, background: "#ff4000"}
layers:
  - {id: a, type: overlay, size: [20, 10], transform: {position: [7, 3]}, content: {type: color, color: "#20c880"}}
)");
  Renderer renderer = offline_renderer(file, {});
  const Frame rgba = rendered(renderer, 0);
  frame::Image<frame::PremulRgba8> pixels(rgba.size());
  frame::premultiply(rgba.rgba(), pixels.view());
  for (const PixelFormat format :
       {PixelFormat::kYuv420p, PixelFormat::kYuv422p, PixelFormat::kYuv444p, PixelFormat::kNv12}) {
    Frame wanted(format, rgba.size());
    frame::convert_rows(std::as_const(pixels).view(), {0, 19}, wanted);
    EXPECT_TRUE(payload_of(rendered(renderer, 0, format)) == payload_of(wanted));
  }
}

/// --- What is drawn ---

constexpr std::string_view kStack = R"(
version: 1
scene: a
canvas: {width: 64, height: 32, background: "#102030"}
layers:
  - {id: near, type: overlay, z_index: 2, size: [16, 32], content: {type: color, color: "#ff0000"}}
  - {id: far, type: overlay, z_index: -1, size: [32, 32], content: {type: color, color: "#00ff00"}}
  - {id: first, type: overlay, size: [48, 16], content: {type: color, color: "#0000ff"}}
  - {id: second, type: overlay, size: [48, 8], content: {type: color, color: "#ffff00"}}
  - {id: hidden, type: overlay, z_index: 9, visible: false, content: {type: color, color: white}}
)";

TEST(Renderer, HigherLayersAreNearerAndTiesKeepTheirOrder) {
  const Frame frame = rendered(kStack, 0);
  const auto pixels = frame.rgba();
  EXPECT_EQ(pixels.at(4, 4), (StraightRgba8{255, 0, 0, 255}));
  EXPECT_EQ(pixels.at(20, 4), (StraightRgba8{255, 255, 0, 255}));
  EXPECT_EQ(pixels.at(20, 12), (StraightRgba8{0, 0, 255, 255}));
  EXPECT_EQ(pixels.at(20, 20), (StraightRgba8{0, 255, 0, 255}));
  EXPECT_EQ(pixels.at(60, 4), (StraightRgba8{16, 32, 48, 255}));
}

TEST(Renderer, AColorWithoutASizeFillsTheCanvas) {
  const Frame frame = rendered(R"(
version: 1
scene: a
canvas: {width: 40, height: 20}
layers:
  - {id: a, type: overlay, content: {type: color, color: "#ff4000"}}
)",
                               0);
  EXPECT_EQ(frame.rgba().at(0, 0), (StraightRgba8{255, 64, 0, 255}));
  EXPECT_EQ(frame.rgba().at(39, 19), (StraightRgba8{255, 64, 0, 255}));
}

TEST(Renderer, ATransparentBackgroundStaysTransparent) {
  const Frame frame = rendered(R"(
version: 1
scene: a
canvas: {width: 40, height: 20, background: transparent}
layers:
  - {id: a, type: overlay, size: [20, 20], opacity: 0.4, content: {type: color, color: "#ff4000"}}
)",
                               0);
  EXPECT_EQ(frame.rgba().at(30, 10), (StraightRgba8{0, 0, 0, 0}));
  EXPECT_EQ(frame.rgba().at(10, 10), (StraightRgba8{255, 65, 0, 102}));
}

constexpr std::string_view kMoving = R"(
version: 1
scene: a
canvas: {width: 64, height: 16, fps: 30}
layers:
  - id: a
    type: overlay
    size: [4, 16]
    content: {type: color, color: "#ff4000"}
    animations: [{effect: slide, from: [0, 0], to: [60, 0], duration: 2s}]
)";

int left_of_orange(const Frame& frame) {
  const StraightRgba8* row = frame.rgba().row(8);
  return static_cast<int>(std::find(row, row + frame.size().width, StraightRgba8{255, 64, 0, 255}) -
                          row);
}

TEST(Renderer, AFrameShowsTheSceneAtItsIndexOverTheRate) {
  EXPECT_EQ(left_of_orange(rendered(kMoving, 0)), 0);
  EXPECT_EQ(left_of_orange(rendered(kMoving, 30)), 30);
  EXPECT_EQ(left_of_orange(rendered(kMoving, 59)), 59);
  EXPECT_EQ(left_of_orange(rendered(kMoving, 500)), 60);
  OfflineOptions fast;
  fast.rate = base::FrameRate{60, 1};
  EXPECT_EQ(left_of_orange(rendered(kMoving, 60, fast)), 30);
}

TEST(Renderer, TextWithPlaceholdersChangesAndOtherTextDoesNot) {
  const auto with_text = [](std::string_view text) {
    return "version: 1\nscene: a\ncanvas: {width: 160, height: 40, fps: 30}\nlayers:\n"
           "  - {id: a, type: overlay, content: {type: text, style: {font_size: 16}, "
           "text: \"" +
           std::string(text) + "\"}}\n";
  };
  const auto is_same = [&](std::string_view text, int64_t one, int64_t other) {
    const SceneFile file = parsed(with_text(text));
    Renderer renderer = offline_renderer(file, {});
    return payload_of(rendered(renderer, one)) == payload_of(rendered(renderer, other));
  };
  EXPECT_FALSE(is_same("{{frame}}", 3, 4));
  EXPECT_TRUE(is_same("{{clock:%M:%S}}", 30, 59));
  EXPECT_FALSE(is_same("{{clock:%M:%S}}", 59, 60));
  EXPECT_FALSE(is_same("{{timecode}}", 0, 1));
  EXPECT_FALSE(is_same("{{countdown:10s}}", 0, 30));
  EXPECT_TRUE(is_same("{{countdown:10s}}", 300, 1000));
  EXPECT_TRUE(is_same("{{elapsed}}", 0, 29));
  EXPECT_FALSE(is_same("{{elapsed}}", 29, 30));
  EXPECT_TRUE(is_same("still", 0, 31));
  EXPECT_TRUE(is_same("\\\\{{frame}}", 0, 31));
}

TEST(Renderer, TheClockStartsWhereItIsTold) {
  constexpr std::string_view kClock = R"(
version: 1
scene: a
canvas: {width: 160, height: 40}
layers:
  - {id: a, type: overlay, content: {type: text, text: "{{clock:%H:%M}}"}}
)";
  OfflineOptions evening;
  evening.clock_start = scene::WallTime{std::chrono::hours(18) + std::chrono::minutes(30)};
  EXPECT_FALSE(payload_of(rendered(kClock, 0)) == payload_of(rendered(kClock, 0, evening)));
}

/// --- Gradients ---

std::string filled(const std::string& content, const std::string& more = "size: [70, 30]") {
  return "version: 1\nscene: a\ncanvas: {width: 160, height: 90}\nlayers:\n"
         "  - {id: a, type: overlay, transform: {position: [20.5, 10], rotation: 17}, " +
         more + ", content: " + content + "}\n";
}

TEST(Renderer, AColorContentWithAGradientIsARectangleWithIt) {
  for (const std::string gradient :
       {"linear-gradient(60deg, #ffe040, #c03050)", "radial-gradient(circle, red, transparent)"}) {
    const Frame color = rendered(filled("{type: color, color: \"" + gradient + "\"}"), 0);
    const Frame shape =
        rendered(filled("{type: shape, shape: rectangle, width: 70, height: 30, fill: \"" +
                        gradient + "\"}"),
                 0);
    EXPECT_TRUE(payload_of(color) == payload_of(shape)) << gradient;
  }
  // Without a size it fills the canvas.
  const Frame whole = rendered(
      "version: 1\nscene: a\ncanvas: {width: 160, height: 90}\nlayers:\n  - {id: a, type: overlay, "
      "content: {type: color, color: \"linear-gradient(90deg, #000, #f00)\"}}\n",
      0);
  EXPECT_NEAR(whole.rgba().at(0, 80).red, 1, 1);
  EXPECT_NEAR(whole.rgba().at(80, 0).red, 128, 1);
  EXPECT_NEAR(whole.rgba().at(159, 45).red, 254, 1);
}

/// --- Frames of another size ---

constexpr std::string_view kWide = R"(
version: 1
scene: a
canvas: {width: 64, height: 32, background: "#102030"}
layers:
  - {id: whole, type: overlay, content: {type: color, color: "#ff4000"}}
  - {id: above, type: overlay, z_index: 1, size: [64, 40], transform: {position: [0, -40]},
     content: {type: color, color: "#00ff00"}}
  - {id: below, type: overlay, z_index: 1, size: [64, 40], transform: {position: [0, 32]},
     content: {type: color, color: "#0000ff"}}
)";

TEST(Letterbox, BarsShowTheBackgroundAndNothingThatLiesOutsideTheCanvas) {
  for (const int threads : {1, 3}) {
    OfflineOptions options = with_threads(threads);
    options.size = SizeI{64, 64};
    const Frame frame = rendered(kWide, 0, options);
    for (const int y : {0, 7, 15, 48, 63}) {
      EXPECT_EQ(frame.rgba().at(30, y), (StraightRgba8{16, 32, 48, 255})) << y;
    }
    for (const int y : {16, 32, 47}) {
      EXPECT_EQ(frame.rgba().at(30, y), (StraightRgba8{255, 64, 0, 255})) << y;
    }
  }
}

TEST(Letterbox, BarsStandAtTheSidesOfAFrameThatIsTooWide) {
  OfflineOptions options;
  options.size = SizeI{100, 32};
  const Frame frame = rendered(kWide, 0, options);
  EXPECT_EQ(frame.rgba().at(17, 16), (StraightRgba8{16, 32, 48, 255}));
  EXPECT_EQ(frame.rgba().at(18, 16), (StraightRgba8{255, 64, 0, 255}));
  EXPECT_EQ(frame.rgba().at(81, 16), (StraightRgba8{255, 64, 0, 255}));
  EXPECT_EQ(frame.rgba().at(82, 16), (StraightRgba8{16, 32, 48, 255}));
}

TEST(Letterbox, AFrameOfTheSameShapeHasNone) {
  for (const SizeI size : {SizeI{32, 16}, SizeI{128, 64}, SizeI{64, 32}}) {
    OfflineOptions options;
    options.size = size;
    const Frame frame = rendered(kWide, 0, options);
    for (const auto& [x, y] : {std::pair{0, 0}, {size.width - 1, size.height - 1}}) {
      EXPECT_EQ(frame.rgba().at(x, y), (StraightRgba8{255, 64, 0, 255}));
    }
  }
}

/// --- Content that fails ---

constexpr std::string_view kFailing = R"(
version: 1
scene: a
canvas: {width: 160, height: 90, background: white}
layers:
  - id: fine
    type: overlay
    size: [8, 8]
    content: {type: color, color: "#00ff00"}
  - id: lost
    type: overlay
    z_index: -1
    size: [100, 60]
    transform: {position: [40, 20]}
    content:
      type: image
      source: art/nowhere.png
  - {id: torn, type: overlay, size: [20, 20], content: {type: svg, svg: "<svg"}}
  - {id: words, type: overlay, content: {type: text, markup: true, text: "<b>open"}}
  - {id: hidden, type: overlay, visible: false, content: {type: image, source: art/neither.png}}
)";

TEST(Prepare, TellsWhereInTheFileEachContentThatFailsStands) {
  const SceneFile file = parsed(kFailing);
  Renderer renderer = offline_renderer(file, {});
  const auto failures = renderer.prepare(0);
  std::vector<std::string> places;
  places.reserve(failures.size());
  for (const auto& failure : failures) places.push_back(file.where(failure.value_path));
  EXPECT_EQ(places, (std::vector<std::string>{"test.yaml:17:15: layers[1].content.source",
                                              "test.yaml:18:56: layers[2].content",
                                              "test.yaml:19:41: layers[3].content"}));
  EXPECT_EQ(failures.front().error.code, base::ErrorCode::kNotFound);
  EXPECT_NE(failures.front().error.to_string().find("nowhere.png"), std::string::npos);
}

TEST(Prepare, FindsNothingWrongWithAGoodScene) {
  const SceneFile file = parsed(kStack);
  Renderer renderer = offline_renderer(file, {});
  EXPECT_TRUE(renderer.prepare(0).empty());
}

TEST(Prepare, ChangesNothingOfTheFrames) {
  for (uint64_t seed = 0; seed < 10; ++seed) {
    const SceneFile file = file_of(scene::RandomScene(seed, scene::Purpose::kDraw).scene());
    OfflineOptions later;
    later.first_frame = 5;
    Renderer prepared = offline_renderer(file, later);
    static_cast<void>(prepared.prepare(5));
    Renderer cold = offline_renderer(file, {});
    EXPECT_TRUE(payload_of(rendered(prepared, 2)) == payload_of(rendered(cold, 2)));
  }
}

TEST(ErrorPicture, StandsTranslucentAndRedInTheFailedLayersBox) {
  const SceneFile file = parsed(R"(
version: 1
scene: a
canvas: {width: 160, height: 90, background: white}
layers:
  - id: lost
    type: overlay
    size: [100, 60]
    transform: {position: [40, 20]}
    content: {type: image, source: art/nowhere.png}
)");
  Renderer renderer = offline_renderer(file, {});
  const Frame frame = rendered(renderer, 0);
  const auto pixels = frame.rgba();
  for (int y = 0; y < 90; ++y) {
    for (int x = 0; x < 160; ++x) {
      const StraightRgba8 pixel = pixels.at(x, y);
      const bool is_outside = x < 40 || x >= 140 || y < 20 || y >= 80;
      ASSERT_TRUE(!is_outside || pixel == (StraightRgba8{255, 255, 255, 255})) << x << ", " << y;
      ASSERT_GE(pixel.red, pixel.green) << x << ", " << y;
    }
  }
  // Along its edges, where no letters are, it is red, and the white behind it shows through.
  for (const auto& [x, y] : {std::pair{43, 50}, {136, 50}, {90, 23}, {90, 76}}) {
    EXPECT_GT(pixels.at(x, y).red, pixels.at(x, y).green + 60) << x << ", " << y;
    EXPECT_GT(pixels.at(x, y).green, 30) << x << ", " << y;
  }
}

/// --- Times ---

TEST(LayerCosts, CountWhatEachLayerCosts) {
  const SceneFile file = parsed(kMoving);
  SceneView view = *offline_view(file, {});
  std::vector<std::shared_ptr<LayerCost>> costs;
  for (ShownLayer& shown : view.layers) {
    costs.push_back(std::make_shared<LayerCost>(
        LayerCost{std::make_shared<base::Counter>(), std::make_shared<base::Counter>()}));
    shown.cost = costs.back();
  }
  Renderer renderer(std::make_shared<const SceneView>(std::move(view)), {});
  for (int64_t index = 0; index < 62; ++index) static_cast<void>(renderer.render(index));
  double composed = 0;
  for (const auto& cost : costs) {
    EXPECT_GT(cost->prepare->value(), 0);
    composed += cost->compose->value();
  }
  EXPECT_GT(composed, 0);
  // Estimated from two of the 62 frames.
  const double all = static_cast<double>(renderer.compose_stats().compose_nanoseconds) * 1e-9;
  EXPECT_LT(composed, 20 * all);
}

TEST(RenderStats, TellWhatWasDone) {
  const SceneFile file = parsed(kStack);
  Renderer renderer = offline_renderer(file, {});
  static_cast<void>(renderer.render(0));
  EXPECT_GT(renderer.stats().rasterise_nanoseconds, 0);
  EXPECT_GT(renderer.compose_stats().compose_nanoseconds, 0);
  EXPECT_GT(renderer.compose_stats().convert_nanoseconds, 0);
  EXPECT_GT(renderer.compose_stats().tiles_composed, 0);
  const int64_t composed = renderer.compose_stats().tiles_composed;
  static_cast<void>(renderer.render(1));  // nothing moves in it
  EXPECT_EQ(renderer.compose_stats().tiles_composed, composed);
  EXPECT_EQ(renderer.compose_stats().frames_repeated, 1);
}

// --- Frames that take too long ---

constexpr std::string_view kSlow = R"(
version: 1
scene: a
canvas: {width: 64, height: 36, fps: 25}
layers:
  - {id: back, type: overlay, content: {type: color, color: red}}
  - id: slow
    type: overlay
    content: {type: text, text: "{{frame}}", style: {font_size: 20}}
    filters: [{blur: 100}, {blur: 100}, {blur: 100}, {blur: 100},
              {blur: 100}, {blur: 100}, {blur: 100}, {blur: 100}]
)";

std::vector<std::string> names_of(const std::vector<FailingLayer>& failing) {
  std::vector<std::string> names;
  for (const FailingLayer& each : failing) names.push_back(each.layer);
  return names;
}

// Whether a frame from `index` on is not abandoned: a busy machine may stand still for one.
bool renders(Renderer& renderer, int64_t index) {
  for (int64_t i = index; i < index + 20; ++i) {
    if (renderer.render(i) != nullptr) return true;
  }
  return false;
}

TEST(FrameLimit, AbandonsTwoFramesThenShowsTheErrorPictureOfTheSlowestLayer) {
  const SceneFile file = parsed(kSlow);
  const SceneViewPtr view = offline_view(file, {});
  RenderOptions options;
  options.frame_limit = std::chrono::milliseconds(40);  // the blurs take several times as long
  Renderer renderer(view, options);
  EXPECT_EQ(renderer.render(0), nullptr);
  EXPECT_TRUE(renderer.take_failures().empty());  // the first time, it may make something once
  EXPECT_EQ(renderer.render(1), nullptr);
  const auto failures = renderer.take_failures();
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].layer, "slow");
  EXPECT_EQ(failures[0].error.code, base::ErrorCode::kLimit);
  EXPECT_TRUE(renderer.take_failing_change());
  EXPECT_TRUE(renders(renderer, 2));
  EXPECT_EQ(names_of(renderer.failing()), std::vector<std::string>{"slow"});
  EXPECT_TRUE(renderer.take_failures().empty());

  // Another layer changes: the slow one is not tried again.
  auto other = std::make_shared<SceneView>(*view);
  other->layers.front().layer.edit().opacity = 0.5;
  renderer.show(other);
  EXPECT_TRUE(renders(renderer, 100));
  EXPECT_EQ(names_of(renderer.failing()), std::vector<std::string>{"slow"});

  auto changed = std::make_shared<SceneView>(*view);
  changed->layers.back().layer.edit().filters.clear();
  renderer.show(changed);
  EXPECT_TRUE(renders(renderer, 200));
  EXPECT_TRUE(renderer.failing().empty());
}

// The time of rendering one frame.
std::chrono::nanoseconds time_of_frame(Renderer& renderer, int64_t index) {
  const auto began = std::chrono::steady_clock::now();
  static_cast<void>(renderer.render(index));
  return std::chrono::steady_clock::now() - began;
}

TEST(FrameLimit, AbandonsAFrameBetweenThePassesOfALayer) {
  const SceneFile file = parsed(kSlow);
  const SceneViewPtr view = offline_view(file, {});
  bool is_short = false;
  for (int i = 0; i < 20 && !is_short; ++i) {  // a busy machine may stand still for one try
    Renderer patient(view, {});
    const auto whole = time_of_frame(patient, 0);
    RenderOptions options;
    options.frame_limit = whole / 20;
    Renderer renderer(view, options);
    is_short = time_of_frame(renderer, 0) < whole / 2;
  }
  EXPECT_TRUE(is_short);
}

constexpr std::string_view kSlowToCompose = R"(
version: 1
scene: a
canvas: {width: 1280, height: 720, fps: 25}
layers:
  - {id: back, type: overlay, content: {type: color, color: red}}
  - id: slow
    type: overlay
    size: [1280, 720]
    blend_mode: luminosity
    transform: {position: ["50%", "50%"], anchor: [0.5, 0.5]}
    content: {type: shape, shape: ellipse, radius_x: 640, radius_y: 360,
              fill: 'linear-gradient(lime, blue)'}
    animations: [{effect: rotate, from: 0, to: 360, duration: 2s, iterations: infinite}]
)";

TEST(FrameLimit, AbandonsAFrameBetweenTilesAndFindsTheSlowestLayer) {
  const SceneFile file = parsed(kSlowToCompose);
  const SceneViewPtr view = offline_view(file, {});
  Renderer patient(view, {});
  static_cast<void>(patient.render(0));
  const auto whole = std::min(time_of_frame(patient, 1), time_of_frame(patient, 2));
  RenderOptions options;
  options.frame_limit = whole / 3;
  Renderer renderer(view, options);
  std::vector<ContentFailure> failures;
  int64_t index = 0;
  for (; index < 20 && failures.empty(); ++index) {
    static_cast<void>(renderer.render(index));
    failures = renderer.take_failures();
  }
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].layer, "slow");
  EXPECT_EQ(failures[0].error.code, base::ErrorCode::kLimit);
  EXPECT_GE(index, 3);  // one frame is not measured, and one may make something once
  EXPECT_TRUE(renders(renderer, index));
}

TEST(FrameLimit, IsNoneOffline) {
  const SceneFile file = parsed(kSlow);
  Renderer renderer = offline_renderer(file, {});
  EXPECT_NE(renderer.render(0), nullptr);
  EXPECT_TRUE(renderer.failing().empty());
}

}  // namespace
}  // namespace layercast::render
