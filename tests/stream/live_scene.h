#pragma once

#include "base/clock.h"
#include "base/metrics.h"
#include "layers/layer_manager.h"
#include "scene/live/command_codec.h"
#include "store/state_store.h"
#include "stream/stream_clock.h"
#include "tests/scene/parsed_scene.h"

#include <gtest/gtest.h>
#include <memory>
#include <string>
#include <utility>
#include <variant>

namespace layercast::stream {

/// A live scene without anything around it, kept in memory.
class LiveScene {
 public:
  /// `host`: the clock that the stream follows. Ownership: outlives the scene.
  explicit LiveScene(const std::string& yaml, base::Clock* host = &base::Clock::steady())
      : clock(host) {
    scene::LiveState state =
        scene::first_state(scene::parsed_scene(yaml, "live.yaml").scene, host->wall_now());
    clock.set_rate(state.scene.canvas.fps);
    clock.set_epoch(state.epoch);
    store = store::open_store({"memory:", "live", store::Role::kOwner, ""}, metrics).value();
    layers::LayerManagerOptions options;
    options.store = store.get();
    options.metrics = &metrics;
    options.clock = host;
    options.folder = LAYERCAST_SOURCE_DIR "/scenes";
    options.assets_folder = options.folder;
    options.next_frame_time = [this] { return clock.next_frame_time(); };
    options.time_of_frame = [this](int64_t index) { return clock.time_of(index); };
    layers = layers::LayerManager::open(options, state).value();
  }

  /// The revision that the command led to.
  int64_t apply(const std::string& method, scene::Value params) {
    auto command = scene::command_from({method, std::move(params)});
    if (!command) {
      ADD_FAILURE() << method << ": " << command.error().error.to_string();
      return -1;
    }
    layers::Submission submission;
    submission.command = std::move(command).value();
    submission.origin = layers::Origin::kLocal;
    const layers::Answer answer = layers->apply(std::move(submission));
    const auto* accepted = std::get_if<layers::Accepted>(&answer);
    if (accepted != nullptr) return accepted->revision;
    const auto& refusal = std::get<scene::Refusal>(answer);
    ADD_FAILURE() << method << ": " << refusal.error.to_string()
                  << (refusal.faults.empty() ? "" : refusal.faults.front().detail);
    return -1;
  }

  int64_t update(const std::string& id, scene::Value patch) {
    return apply(
        "layers.update",
        scene::Value::object().add("id", scene::Value::of(id)).add("patch", std::move(patch)));
  }

  base::Metrics metrics;
  StreamClock clock;
  std::unique_ptr<store::StateStore> store;
  std::unique_ptr<layers::LayerManager> layers;
};

}  // namespace layercast::stream
