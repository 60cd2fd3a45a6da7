#pragma once

#include "base/metrics.h"
#include "control/server.h"
#include "layers/layer_manager.h"
#include "scene/wire/json_codec.h"
#include "store/state_store.h"
#include "tests/scene/parsed_scene.h"
#include "tests/scene/typed_command.h"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::control {

/// A store that keeps nothing, and fails when it is told to.
class FakeStore final : public store::StateStore {
 public:
  base::Result<std::optional<store::StoredState>> load() override {
    return std::optional<store::StoredState>{};
  }
  base::Result<void> commit(const store::Commit&) override {
    if (is_broken) return base::Error{base::ErrorCode::kIo, "the disk is full", {}, nullptr};
    return {};
  }
  base::Result<std::vector<store::JournalEntry>> journal(int64_t, int) override {
    return std::vector<store::JournalEntry>{};
  }
  base::Result<bool> wait_for_newer(int64_t, std::chrono::milliseconds) override { return false; }
  void stop_waiting() override {}
  store::StoreHealth health() const override { return {}; }

  std::atomic<bool> is_broken = false;
};

/// A status provider whose frames are short texts.
/// A hook for FakeStatusProvider::before_status whose first call waits until release().
class BlockedStatus {
 public:
  std::function<void()> hook() {
    return [this, is_first = true]() mutable {
      if (!std::exchange(is_first, false)) return;
      entered_.set_value();
      released_.get_future().wait();
    };
  }
  void wait_until_entered() { entered_.get_future().wait(); }
  void release() { released_.set_value(); }

 private:
  std::promise<void> entered_;
  std::promise<void> released_;
};

class FakeStatusProvider final : public StreamStatusProvider {
 public:
  using Value = scene::Value;
  using Listener = std::function<void(const std::string&, const Value&)>;

  Value status() const override {
    if (before_status) before_status();
    return document(R"({"state": "on-air", "stream_time": 0.5, "frame": 12, "fps": 25,
      "frames": {"rendered": 12, "repeated": 1, "dropped": {"encoder-behind": 0}},
      "lateness": {"p50": 0, "p99": 0.001, "max": 0.01}, "render_seconds": 0.004,
      "outputs": [], "cpu_seconds": 1, "memory_bytes": 1000, "uptime": 1, "scene": "auction",
      "layers": 2, "revision": 1, "store": {"reachable": true, "reason": null, "waiting": 0},
      "health": {"state": "ok", "parts": {"outputs": "ok"}, "reasons": []},
      "version": "0.1.0"})");
  }
  Value stats() const override { return Value::object().add("fps", Value::of(60)); }
  Value outputs() const override {
    return document(R"([{"id": "main", "url": "rtmp://127.0.0.1/live/***", "state": "live",
      "error": null, "frames": 12, "frames_dropped": 0, "bytes": 1000, "reconnects": 0,
      "queued_packets": 0, "queued_bytes": 0}])");
  }
  base::Result<EncodedPicture> snapshot(PictureFormat format,
                                        std::optional<int> width) const override {
    if (is_off_air) return base::Error{base::ErrorCode::kIo, "nothing is on air", {}, nullptr};
    const std::string name = format == PictureFormat::kPng ? "png" : "jpeg";
    return EncodedPicture{77, name + " " + std::to_string(width.value_or(0))};
  }
  std::optional<EncodedPicture> preview(int64_t after, base::Duration) const override {
    ++pictures_made;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));  // its frames come at 200 a second
    // The frame index falls when the rate is lowered; only the number rises for ever.
    const int64_t number = after + 1;
    return EncodedPicture{
        number % 2, "picture " + std::to_string(number) + std::string(picture_bytes, ' '), number};
  }
  base::Health health() const override {
    if (!is_off_air) return {};
    return {{{{base::HealthPart::kOutputs, "", base::HealthState::kFailed, "refused"}, {}}}};
  }
  std::vector<FailingLayer> failing_layers() const override {
    const std::lock_guard lock(mutex_);
    return failing;
  }
  bool release_layer(const std::string& id) override { return id == "title" && !was_released++; }
  std::string metrics_text() const override { return "layercast_frames_total 1\n"; }
  std::shared_ptr<void> listen(Listener listener) override {
    const std::lock_guard lock(mutex_);
    listener_ = std::make_shared<Listener>(std::move(listener));
    return listener_;
  }

  void publish(const std::string& name, const Value& params) {
    const std::lock_guard lock(mutex_);
    (*listener_)(name, params);
  }

  std::function<void()> before_status;  ///< set before requests; may block them
  std::atomic<bool> is_off_air = false;
  std::vector<FailingLayer> failing;      ///< set before requests
  std::atomic<size_t> picture_bytes = 0;  ///< added to each picture of the preview
  mutable std::atomic<int> pictures_made = 0;
  std::atomic<int> was_released = 0;  ///< the layer `title`, which is held until then

 private:
  static Value document(const std::string& json) { return scene::read_json(json).value; }

  mutable std::mutex mutex_;
  std::shared_ptr<Listener> listener_;
};

inline constexpr const char* kScene = R"(
version: 1
scene: auction
canvas: {width: 640, height: 360, fps: 30}
layers:
  - {id: back, type: overlay, size: [640, 360], content: {type: color, color: "#102030"}}
  - {id: title, type: overlay, z_index: 5, content: {type: text, text: Lot 1}}
outputs:
  - {id: main, url: "rtmp://127.0.0.1/live/secret-key"}
)";

inline scene::LiveState first_state() {
  scene::LiveState state;
  state.scene = scene::parsed_scene(kScene, "auction.yaml").scene;
  return state;
}

/// A token of each role, whose texts are `reads`, `operates` and `administers`.
inline std::vector<AccessToken> tokens_with_roles() {
  return {{"grafana", Role::kRead, "reads"},
          {"desk", Role::kOperate, "operates"},
          {"lars", Role::kAdmin, "administers"}};
}

/// A server on a free port, with all that it stands on.
class ServerFixture {
 public:
  using Change = std::function<void(ServerOptions&)>;
  explicit ServerFixture(const Change& change = {}) {
    layers::LayerManagerOptions manager;
    manager.store = &store;
    manager.metrics = &metrics;
    manager.folder = "/";
    manager.assets_folder = "/";
    manager.next_frame_time = [] { return base::Duration{}; };
    manager.time_of_frame = [](int64_t index) { return std::chrono::milliseconds(33) * index; };
    auto opened = layers::LayerManager::open(manager, first_state());
    EXPECT_TRUE(opened.ok());
    layers = std::move(opened).value();
    ServerOptions options;
    options.port = 0;
    options.layers = layers.get();
    options.status_provider = &status_provider;
    options.metrics = &metrics;
    if (change) change(options);
    auto server_or_not = Server::open(options);
    EXPECT_TRUE(server_or_not.ok()) << server_or_not.error().to_string();
    server = std::move(server_or_not).value();
  }

  int port() const { return server->port(); }
  int64_t revision() const { return layers->current()->revision; }
  /// Applies a command from outside of the server.
  layers::Answer apply(const std::string& method, const scene::Value& params) const {
    layers::Submission submission;
    submission.command = scene::typed({method, params});
    submission.origin = layers::Origin::kLocal;
    return layers->apply(submission);
  }
  /// Sets the title's text.
  void retitle(const std::string& text) const {
    using scene::Value;
    Value content = Value::object();
    content.add("text", Value::of(text));
    Value patch = Value::object();
    patch.add("content", content);
    Value params = Value::object();
    params.add("id", Value::of("title")).add("patch", patch);
    const auto answer = apply("layers.update", params);
    EXPECT_TRUE(std::holds_alternative<layers::Accepted>(answer));
  }
  /// Adds `count` layers, each with a text of 10,000 bytes.
  void add_long_texts(int count) const {
    using scene::Value;
    for (int i = 0; i < count; ++i) {
      Value content = Value::object();
      content.add("type", Value::of("text")).add("text", Value::of(std::string(10'000, 'x')));
      Value layer = Value::object();
      layer.add("id", Value::of("long-" + std::to_string(i)))
          .add("type", Value::of("overlay"))
          .add("content", std::move(content));
      const auto answer = apply("layers.create", Value::object().add("layer", std::move(layer)));
      EXPECT_TRUE(std::holds_alternative<layers::Accepted>(answer));
    }
  }
  double metric(const std::string& name, const base::MetricLabels& labels = {}) const {
    for (const auto& family : metrics.read()) {
      if (family.name != name) continue;
      for (const auto& sample : family.samples) {
        if (sample.labels == labels) return sample.value;
      }
    }
    return 0;
  }

  FakeStore store;
  FakeStatusProvider status_provider;
  base::Metrics metrics;
  std::unique_ptr<layers::LayerManager> layers;
  std::unique_ptr<Server> server;
};

}  // namespace layercast::control
