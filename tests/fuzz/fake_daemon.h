#pragma once

#include "base/check.h"
#include "base/metrics.h"
#include "control/byte_budget.h"
#include "control/command_service.h"
#include "control/documents.h"
#include "control/server_limits.h"
#include "control/stream_status_provider.h"
#include "layers/layer_manager.h"
#include "scene/live/live_state.h"
#include "scene/wire/scene_file.h"
#include "store/memory_store.h"

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::fuzz {

/// A stream without frames.
class FakeStatusProvider final : public control::StreamStatusProvider {
 public:
  using Value = scene::Value;

  Value status() const override { return Value::object(); }
  Value stats() const override { return Value::object(); }
  Value outputs() const override { return Value::array(); }
  base::Result<control::EncodedPicture> snapshot(control::PictureFormat,
                                                 std::optional<int> width) const override {
    return control::EncodedPicture{1, std::to_string(width.value_or(0))};
  }
  std::optional<control::EncodedPicture> preview(int64_t, base::Duration) const override {
    return std::nullopt;
  }
  base::Health health() const override { return {}; }
  std::vector<control::FailingLayer> failing_layers() const override { return {}; }
  bool release_layer(const std::string&) override { return false; }
  std::string metrics_text() const override { return {}; }
  std::shared_ptr<void> listen(
      std::function<void(const std::string& name, const Value& params)>) override {
    return nullptr;
  }
};

/// What the interfaces of a daemon stand on: a live scene in memory, with the ids `box`, `text`,
/// `chat`, `host`, `music` and `main`. No request waits for a frame or for a time. Thread: any.
class FakeDaemon {
 public:
  FakeDaemon() {
    limits.on_air_patience = base::Duration{0};
    limits.scheduled_patience = base::Duration{0};
    limits.silence_max = std::chrono::hours{1};
    auto file = scene::parse_scene(kScene, "fuzz.yaml");
    layers::LayerManagerOptions options;
    options.store = &store;
    options.metrics = &metrics;
    options.folder = kAssets;
    options.assets_folder = kAssets;
    options.next_frame_time = [] { return base::Duration{}; };
    options.time_of_frame = [](int64_t index) { return std::chrono::milliseconds(40) * index; };
    auto opened = layers::LayerManager::open(
        options, scene::first_state(std::move(file).value().scene, scene::WallTime{}));
    layers = std::move(opened).value();
    commands.emplace(*layers, status_provider, limits);
  }
  ~FakeDaemon() { commands->stop(); }
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  control::Limits limits;
  store::MemoryStore store;
  base::Metrics metrics;
  FakeStatusProvider status_provider;
  std::unique_ptr<layers::LayerManager> layers;
  std::shared_ptr<control::ByteBudget> budget =
      std::make_shared<control::ByteBudget>(limits.all_bytes_max);
  control::Documents documents{budget};
  std::optional<control::CommandService> commands;

 private:
  /// There is no such folder, so that the names of files only go through the checks.
  static constexpr const char* kAssets = "/nonexistent/assets";
  static constexpr std::string_view kScene = R"(
version: 1
scene: fuzz
canvas: {width: 320, height: 180, fps: 25}
layers:
  - {id: box, type: overlay, content: {type: color, color: red}}
  - {id: text, type: overlay, content: {type: text, text: "{{elapsed}}"}}
  - {id: chat, type: chat, content: {type: chat, messages: []}}
  - id: host
    type: host
    content: {type: character, source: a.png, animations: {idle: {type: gif, source: b.gif}}}
audio:
  - {id: music, source: m.ogg}
outputs:
  - {id: main, url: "rtmp://127.0.0.1/live/key"}
)";
};

}  // namespace layercast::fuzz
