#include "scene/model/run_state.h"

#include "frame/image.h"
#include "render/offline_scene.h"
#include "render/renderer.h"
#include "scene/wire/scene_file.h"
#include "tests/scene/live_scene.h"
#include "tests/scene/parsed_scene.h"

#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace layercast::render {
namespace {

using scene::LiveState;
using scene::SceneFile;

SceneFile file_of(const scene::Scene& scene) {
  return scene::parsed_scene(scene::scene_yaml(scene), LAYERCAST_SOURCE_DIR "/scenes/x.yaml");
}

// The bytes of the frame that shows `state` at `index`.
std::vector<uint8_t> frame_bytes(const LiveState& state, int64_t index) {
  const SceneFile file = file_of(state.scene);
  OfflineOptions options;
  options.run = state.run;
  options.clock_start = state.epoch;
  Renderer renderer = offline_renderer(file, options);
  const frame::FramePtr frame = renderer.render(index);
  const auto view = frame->rgba();
  std::vector<uint8_t> bytes;
  for (int y = 0; y < view.size().height; ++y) {
    for (int x = 0; x < view.size().width; ++x) {
      const auto& pixel = view.row(y)[x];
      bytes.insert(bytes.end(), {pixel.red, pixel.green, pixel.blue, pixel.alpha});
    }
  }
  return bytes;
}

// A scene that was exported, loaded again and given the same commands shows the same frames.
TEST(RunState, OfAnExportedSceneWithTheSameCommandsGivesTheSameFrames) {
  constexpr int kSeeds = 12;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    scene::RandomCommand random(seed);
    LiveState live = scene::first_state(scene::RandomScene(seed, scene::Purpose::kDraw).scene(),
                                        scene::WallTime{});
    LiveState fresh = scene::first_state(file_of(live.scene).scene, live.epoch);
    for (int i = 0; i < 10; ++i) {
      const scene::CommandDocument command = random.next(live);
      // Layers that it makes itself are too large to draw.
      const bool is_drawn = command.method != "layers.create" && command.method != "layers.replace";
      if (!is_drawn || command.method == "scene.replace" || command.method == "batch") continue;
      const base::Duration now = std::chrono::milliseconds(700) * i;
      auto one = scene::apply(live, command, now);
      auto other = scene::apply(fresh, command, now);
      if (one) live = std::move(one).value().state;
      if (other) fresh = std::move(other).value().state;
    }
    ASSERT_EQ(live, fresh) << "seed " << seed;
    const int64_t index = live.scene.canvas.fps.index_at(std::chrono::milliseconds(7'100));
    ASSERT_EQ(frame_bytes(live, index), frame_bytes(fresh, index)) << "seed " << seed;
  }
}

}  // namespace
}  // namespace layercast::render
