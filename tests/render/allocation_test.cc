// Counts every allocation of the process: a program of its own, because it stands in for malloc.

#include "frame/image.h"
#include "frame/video_feed.h"
#include "frame/yuv_picture.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/wire/scene_file.h"
#include "tests/content/picture/made_sound_probe.h"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>

namespace {
std::atomic<int64_t> allocations{0};
}  // namespace

// glibc's own names for what it does; sanitizers bring their own malloc.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t count, size_t size);
void* __libc_realloc(void* memory, size_t size);
void* __libc_memalign(size_t alignment, size_t size);

void* malloc(size_t size) {
  ++allocations;
  return __libc_malloc(size);
}
void* calloc(size_t count, size_t size) {
  ++allocations;
  return __libc_calloc(count, size);
}
void* realloc(void* memory, size_t size) {
  ++allocations;
  return __libc_realloc(memory, size);
}
void* aligned_alloc(size_t alignment, size_t size) {
  ++allocations;
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, size_t alignment, size_t size) {
  ++allocations;
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? 12 : 0;
}
}
constexpr bool kCounts = true;
#else
constexpr bool kCounts = false;
#endif

namespace layercast::render {
namespace {

constexpr const char* kMoving = R"(
version: 1
scene: moving
canvas: {width: 400, height: 300, fps: 60, background: "#102030"}
layers:
  - {id: film, type: visual_feed, transform: {position: [40, 20]}, content: {type: video, source: film.mp4},
     filters: [{saturate: 1.5}, {hue_rotate: 20}]}
  - id: slides
    type: overlay
    size: [90, 60]
    opacity: 0.8
    content: {type: image, source: art/artwork.svg, fit: fill}
    animations: [{effect: slide, from: [0, 0], to: [300, 111], duration: 3s, iterations: infinite}]
  - id: turns
    type: overlay
    transform: {position: [200, 150], anchor: [0.5, 0.5]}
    blend_mode: screen
    content: {type: shape, shape: rectangle, width: 120, height: 80, radius: 12, fill: "#ff8000c0"}
    animations: [{effect: rotate, from: 0, to: 360, duration: 2s, iterations: infinite}]
  - id: fades
    type: overlay
    transform: {position: [20, 200]}
    clip: {radius: 9}
    content: {type: text, text: "Still words", style: {font_size: 40}}
    animations: [{effect: fade, duration: 1s, iterations: infinite, direction: alternate}]
  - {id: walks, type: overlay, size: [48, 48], transform: {position: [120, 240]},
     content: {type: sprite, source: art/card.png, sprite: {columns: 3, rows: 2}, frame_delay: 40ms}}
  - id: speaks
    type: host
    size: [64, 64]
    content: {type: character, source: art/card.png, state: talking,
              animations: {talking: {type: sprite, source: art/card.png, sprite: {columns: 2}}}}
  - {id: grows, type: overlay, transform: {position: [300, 40]}, content: {type: color, color: teal}, size: [50, 50],
     animations: [{effect: scale, from: 0.5, to: 2, duration: 1s, iterations: infinite, direction: alternate}]}
  - {id: ticker, type: overlay, transform: {position: [10, 270]}, size: [380, 24], opacity: 0.9,
     content: {type: text, text: "Words that go round and round and never end", style: {font_size: 18}},
     animations: [{effect: scroll, speed: 61, gap: 40, fade_edges: 30}]}
  - {id: comes, type: overlay, transform: {position: [350, 200]}, size: [30, 30], content: {type: color, color: red},
     enter: [{effect: fade, duration: 9s}, {effect: slide, from: right, duration: 10s}]}
  - {id: goes, type: overlay, visible: false, size: [30, 30], content: {type: color, color: tan},
     exit: [{effect: fade, from: 1, to: 0, duration: 100s}]}
  - {id: level, type: overlay, transform: {position: [200, 20]}, size: [90, 20], opacity: 0.9,
     content: {type: meter, of: program, gradient: 'linear-gradient(to right, lime, red)', radius: 4}}
  - {id: bands, type: overlay, transform: {position: [200, 50]}, size: [90, 40],
     content: {type: meter, of: program, style: spectrum, bands: 12}}
  - {id: wave, type: overlay, transform: {position: [100, 20]}, size: [90, 40],
     content: {type: meter, of: program, style: waveform}}
  - {id: ring, type: overlay, transform: {position: [100, 80]}, size: [60, 60],
     content: {type: meter, of: program, style: ring, background_color: "#000000"}}
  - id: voiced
    type: host
    size: [64, 64]
    content: {type: character, source: art/card.png, voice: program, cross_fade: 0s,
              talking: {hold: 0s},
              animations: {talking: {type: sprite, source: art/card.png, sprite: {columns: 2}}}}
  - {id: glides, type: overlay, transform: {position: [300, 200]}, size: [30, 30], opacity: 0.3,
     content: {type: color, color: gold}, transition: {duration: 20s, easing: ease-in}}
  - {id: behind, type: overlay, size: [80, 60], content: {type: color, color: lime}, mask: {source: art/logo.svg, mode: luma},
     animations: [{effect: slide, from: [0, 0], to: [200, 111], duration: 3s, iterations: infinite}]}
  - {id: lit, type: overlay, size: [90, 90], content: {type: color, color: navy}, mask: {layer: lamp}}
  - {id: lamp, type: overlay, content: {type: shape, shape: circle, radius: 30, fill: white},
     animations: [{effect: slide, from: [0, 0], to: [70, 50], duration: 3s, iterations: infinite}]}
)";

// Of the scene above: a state that began, an exit and a transition that play.
scene::RunState moving_run() {
  scene::RunState run;
  scene::LayerRun speaks;
  speaks.id = "speaks";
  speaks.character.state_start = std::chrono::seconds(1);
  run.layers.set(speaks);
  scene::LayerRun goes;
  goes.id = "goes";
  goes.exit_start = std::chrono::seconds(1);
  run.layers.set(goes);
  scene::LayerRun glides;
  glides.id = "glides";
  glides.transition = scene::TransitionRun{std::chrono::seconds(1), 1, base::Duration{}, {}};
  run.layers.set(glides);
  return run;
}

// Pictures made beforehand, so that only drawing them is counted.
class StillFeed : public frame::VideoFeed {
 public:
  StillFeed() {
    frame::YuvLayout layout;
    layout.size = {160, 90};
    for (auto& picture : pictures_) {
      auto planes = std::make_shared<std::array<frame::Image<uint8_t>, 3>>();
      std::array<frame::YuvPicture::Plane, 3> views;
      for (size_t i = 0; i < 3; ++i) {
        planes->at(i) = frame::Image<uint8_t>(i == 0 ? layout.size : layout.chroma_size());
        views.at(i) = std::as_const(planes->at(i)).view();
      }
      picture = std::make_shared<const frame::YuvPicture>(layout, views, planes);
    }
  }
  base::SizeF display_size() const override { return {160, 90}; }
  base::Result<frame::AnyPicture> picture_at(const base::SceneTime& time) override {
    const int64_t number = time.numerator * 30 / time.denominator;
    return frame::AnyPicture(pictures_.at(static_cast<size_t>(number) % pictures_.size()));
  }
  base::Result<frame::AnyPicture> newest_at(const base::SceneTime& time) override {
    return picture_at(time);
  }
  int64_t decode_nanoseconds() const override { return 0; }

 private:
  std::array<frame::YuvPicturePtr, 4> pictures_;
};

class WarmRenderer : public ::testing::TestWithParam<int> {};

TEST_P(WarmRenderer, AllocatesNothing) {
  if (!kCounts) GTEST_SKIP() << "a sanitizer has its own malloc";
  auto read = scene::parse_scene(kMoving, "moving.yaml");
  ASSERT_TRUE(read.ok());
  scene::SceneFile file = std::move(read).value();
  file.folder = std::string(LAYERCAST_SOURCE_DIR) + "/scenes";
  OfflineOptions options;
  options.format = frame::PixelFormat::kYuv420p;
  options.threads = GetParam();
  options.open_feed = [](const scene::VideoContent&, const std::string&) {
    return base::Result<std::unique_ptr<frame::VideoFeed>>(std::make_unique<StillFeed>());
  };
  options.open_probe = [](const std::string&) {
    return std::make_unique<content::MadeProbe>(
        [](int64_t step) { return static_cast<float>(step * 7 % 100) / 100; });
  };
  options.run = moving_run();
  Renderer renderer = offline_renderer(file, options);
  for (const auto& failure : renderer.prepare(0)) ADD_FAILURE() << failure.error.to_string();
  std::array<frame::FramePtr, 3> held;  // as an encoder does
  int64_t index = 0;
  for (; index < 400; ++index) held.at(static_cast<size_t>(index) % 3) = renderer.render(index);
  const int64_t before = allocations;
  for (; index < 800; ++index) held.at(static_cast<size_t>(index) % 3) = renderer.render(index);
  EXPECT_EQ(allocations - before, 0);
  EXPECT_EQ(renderer.compose_stats().frames_repeated, 0);  // it did work
  EXPECT_LE(renderer.frames_made(), 4U);
}

INSTANTIATE_TEST_SUITE_P(Threads, WarmRenderer, ::testing::Values(1, 3));

}  // namespace
}  // namespace layercast::render
