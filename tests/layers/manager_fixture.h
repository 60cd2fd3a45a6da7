#pragma once

#include "layers/layer_manager.h"
#include "tests/base/manual_clock.h"
#include "tests/layers/fake_store.h"
#include "tests/scene/live_scene.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::layers {

/// Waits for something that another thread does.
template <class Condition>
bool comes_true(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

/// One LayerManager on a manual clock and a fake store, in a folder of its own.
class ManagerTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "layers-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = std::filesystem::canonical(folder);
    std::filesystem::create_directories(folder_ / "assets");
  }
  void TearDown() override {
    store_.release();
    manager_.reset();
    std::filesystem::remove_all(folder_);
  }

  /// Opens the manager, or another one for the same store.
  void open(const scene::LiveState& initial = scene::small_state(),
            store::Role role = store::Role::kOwner) {
    manager_.reset();
    LayerManagerOptions options;
    options.role = role;
    options.store = &store_;
    options.metrics = &metrics_;
    options.folder = folder_.string();
    options.assets_folder = (folder_ / "assets").string();
    options.source_hosts = hosts_;
    options.clock = manager_clock_;
    options.next_frame_time = [this] { return next_frame_time(); };
    options.time_of_frame = [](int64_t index) {
      return base::FrameRate{30, 1}.time_of(index).floor();
    };
    options.objection = objection_;
    auto opened = LayerManager::open(options, initial);
    ASSERT_TRUE(opened) << opened.error().to_string();
    manager_ = std::move(opened).value();
  }

  /// The answer to the manager's question. Thread: any.
  virtual base::Duration next_frame_time() { return clock_.now() - zero_; }

  /// Moves the stream time.
  void set_time(base::Duration time) { clock_.advance_to(zero_ + time); }

  Answer apply(const scene::CommandDocument& command, Origin origin = Origin::kLocal) {
    return manager_->apply({scene::typed(command), std::nullopt, std::nullopt, origin});
  }
  Accepted accepted(const scene::CommandDocument& command, Origin origin = Origin::kLocal) {
    return accepted_of(apply(command, origin));
  }
  static Accepted accepted_of(Answer answer) {
    if (const auto* refusal = std::get_if<scene::Refusal>(&answer)) {
      ADD_FAILURE() << refusal->error.to_string();
      return {};
    }
    return std::get<Accepted>(std::move(answer));
  }
  static scene::Refusal refused_of(Answer answer) {
    if (std::holds_alternative<Accepted>(answer)) {
      ADD_FAILURE() << "it was accepted";
      return {};
    }
    return std::get<scene::Refusal>(std::move(answer));
  }

  std::future<Answer> submit(const scene::CommandDocument& command, std::optional<At> at = {},
                             std::optional<int64_t> if_revision = {}) {
    auto promise = std::make_shared<std::promise<Answer>>();
    auto answer = promise->get_future();
    manager_->submit({scene::typed(command), if_revision, at, Origin::kLocal},
                     [promise](Answer given) { promise->set_value(std::move(given)); });
    return answer;
  }

  static scene::CommandDocument set_opacity(double opacity, const std::string& id = "back") {
    using scene::Value;
    return {"layers.update", Value::object()
                                 .add("id", Value::of(id))
                                 .add("patch", Value::object().add("opacity", Value::of(opacity)))};
  }
  static double opacity_of(const scene::LiveStatePtr& state, const std::string& id = "back") {
    return scene::layer_of(*state, id).opacity;
  }

  /// What is shown at a time.
  static scene::LiveStatePtr shown_at(const std::vector<Published>& published,
                                      base::Duration time) {
    scene::LiveStatePtr state = published.front().state;
    for (const Published& each : published) {
      if (each.show_from <= time) state = each.state;
    }
    return state;
  }

  /// The value of a metric; -1: there is none.
  double metric(const std::string& name, const base::MetricLabels& labels) const {
    for (const auto& family : metrics_.read()) {
      for (const auto& sample : family.samples) {
        if (family.name.ends_with(name) && sample.labels == labels) return sample.value;
      }
    }
    return -1;
  }

  scene::LiveState stored() {
    auto loaded = store_.load();
    scene::LiveStateTexts texts{loaded.value()->header, loaded.value()->layers};
    auto state = scene::live_state_from(texts, loaded.value()->revision);
    EXPECT_TRUE(state) << state.error().to_string();
    return state ? state.value() : scene::LiveState{};
  }

  std::filesystem::path folder_;
  base::SourceHosts hosts_;
  base::ManualClock clock_;
  base::Clock* manager_clock_ = &clock_;
  base::ManualClock::time_point zero_ = base::ManualClock::kStart;  // stream time 0
  base::Metrics metrics_;
  std::function<std::optional<base::Error>(const scene::LiveState&)> objection_;
  FakeStore store_;
  std::unique_ptr<LayerManager> manager_;
};

}  // namespace layercast::layers
