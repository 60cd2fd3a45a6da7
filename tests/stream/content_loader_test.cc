#include "stream/content_loader.h"

#include "frame/yuv_picture.h"
#include "tests/stream/live_scene.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <gtest/gtest.h>
#include <mutex>
#include <string>
#include <thread>

namespace layercast::stream {
namespace {

using scene::Value;
using namespace std::chrono_literals;

constexpr base::Duration kForEver = 100h;

constexpr const char* kScene = R"(
version: 1
scene: live
canvas: {width: 64, height: 36, fps: 25}
layers:
  - {id: words, type: overlay, content: {type: text, text: one}}
  - {id: film, type: visual_feed, visible: false, content: {type: video, source: a.mp4}}
  - {id: hidden, type: overlay, visible: false, content: {type: color, color: red}}
)";

// A video that takes until it is let through to be opened.
class Gate {
 public:
  render::FeedOpener opener() {
    return [this](const scene::VideoContent& content,
                  const std::string&) -> base::Result<std::unique_ptr<frame::VideoFeed>> {
      std::unique_lock lock(mutex_);
      ++asked_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return is_open_; });
      return base::Error{base::ErrorCode::kNotFound, "no such film", content.source, nullptr};
    };
  }
  void wait_until_asked() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return asked_ > 0; });
  }
  void open() {
    {
      const std::lock_guard lock(mutex_);
      is_open_ = true;
    }
    changed_.notify_all();
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int asked_ = 0;
  bool is_open_ = false;
};

struct Loading {
  explicit Loading(LiveScene& live) {
    ContentLoaderOptions options;
    options.layers = live.layers.get();
    options.clock = &live.clock;
    options.metrics = &live.metrics;
    options.folder = LAYERCAST_SOURCE_DIR "/scenes";
    options.open_feed = gate.opener();
    options.on_failure = [this](const std::string&, const base::Error&) { ++failures; };
    loader = std::make_unique<ContentLoader>(std::move(options));
  }
  ~Loading() { gate.open(); }

  // The view once it satisfies `is_it`.
  render::SceneViewPtr view_when(const std::function<bool(const render::SceneView&)>& is_it) {
    const auto deadline = std::chrono::steady_clock::now() + 20s;
    for (;;) {
      auto view = loader->view_at(kForEver);
      if (view != nullptr && is_it(*view)) return view;
      if (std::chrono::steady_clock::now() > deadline) return nullptr;
      std::this_thread::yield();
    }
  }
  render::SceneViewPtr view_of_revision(int64_t revision) {
    return view_when([&](const render::SceneView& view) { return view.revision >= revision; });
  }

  Gate gate;
  std::atomic<int> failures = 0;
  std::unique_ptr<ContentLoader> loader;
};

TEST(ContentLoader, ShowsWhatIsVisibleAndMakesTheRestReadyButVideos) {
  LiveScene live(kScene);
  Loading loading(live);
  const auto view = loading.view_of_revision(1);
  ASSERT_NE(view, nullptr);
  ASSERT_EQ(view->layers.size(), 1U);
  EXPECT_EQ(view->layers[0].layer->id, "words");
  EXPECT_EQ(view->layers[0].content->text, "one");
  EXPECT_EQ(loading.gate.asked(), 0);
}

TEST(ContentLoader, AContentThatIsStillTheSameIsNotMadeAgain) {
  LiveScene live(kScene);
  Loading loading(live);
  const auto before = loading.view_of_revision(1);
  const int64_t revision = live.update("words", Value::object().add("opacity", Value::of(0.5)));
  const auto after = loading.view_of_revision(revision);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->layers[0].content, before->layers[0].content);
  EXPECT_EQ(after->layers[0].layer->opacity, 0.5);
}

TEST(ContentLoader, WhatIsSlowHoldsUpNobodyElseAndIsShownWholeOnceItIsReady) {
  LiveScene live(kScene);
  Loading loading(live);
  ASSERT_NE(loading.view_of_revision(1), nullptr);
  // The words become a film, which takes its time; meanwhile they stay as they are.
  const Value film =
      Value::object()
          .add("type", Value::of("visual_feed"))
          .add("opacity", Value::of(0.25))
          .add("content",
               Value::object().add("type", Value::of("video")).add("source", Value::of("b.mp4")));
  const int64_t slow = live.apply("layers.replace",
                                  Value::object().add("id", Value::of("words")).add("layer", film));
  loading.gate.wait_until_asked();
  const int64_t quick = live.apply(
      "layers.create",
      Value::object().add(
          "layer",
          Value::object()
              .add("id", Value::of("more"))
              .add("type", Value::of("overlay"))
              .add("content",
                   Value::object().add("type", Value::of("text")).add("text", Value::of("two")))));
  const auto meanwhile =
      loading.view_when([](const render::SceneView& view) { return view.layers.size() == 2; });
  ASSERT_NE(meanwhile, nullptr);
  EXPECT_LT(meanwhile->revision, slow);
  EXPECT_EQ(meanwhile->layers[0].content->text, "one");
  EXPECT_EQ(meanwhile->layers[0].layer->opacity, 1);
  EXPECT_EQ(meanwhile->layers[1].content->text, "two");
  loading.gate.open();
  const auto whole = loading.view_of_revision(quick);
  ASSERT_NE(whole, nullptr);
  EXPECT_EQ(whole->layers[0].layer->opacity, 0.25);
  EXPECT_TRUE(whole->layers[0].content->error);
  EXPECT_EQ(loading.failures, 1);
}

TEST(ContentLoader, ALayerThatIsDeletedWhileItLoadsNeverShows) {
  LiveScene live(kScene);
  Loading loading(live);
  live.update("film", Value::object().add("visible", Value::of(true)));
  loading.gate.wait_until_asked();
  const int64_t revision =
      live.apply("layers.delete", Value::object().add("id", Value::of("film")));
  const auto view = loading.view_of_revision(revision);
  ASSERT_NE(view, nullptr);
  EXPECT_EQ(view->layers.size(), 1U);
}

TEST(ContentLoader, ThousandsOfChangesLeaveNoViewsBehind) {
  LiveScene live(kScene);
  Loading loading(live);
  int64_t revision = 0;
  for (int i = 0; i < 2000; ++i) {
    revision = live.update("words", Value::object().add("opacity", Value::of((i % 100) / 100.0)));
  }
  ASSERT_NE(loading.view_of_revision(revision), nullptr);
}

}  // namespace
}  // namespace layercast::stream
