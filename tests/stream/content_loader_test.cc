#include "stream/content_loader.h"

#include "frame/yuv_picture.h"
#include "scene/eval/resolved.h"
#include "stream/loading_marks.h"
#include "stream/used_files.h"
#include "tests/stream/live_scene.h"

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <variant>
#include <vector>

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
  explicit Loading(LiveScene& live, render::FeedOpener opener = {}, LoadingMarks* marks = nullptr) {
    ContentLoaderOptions options;
    options.layers = live.layers.get();
    options.clock = &live.clock;
    options.metrics = &live.metrics;
    options.folder = LAYERCAST_SOURCE_DIR "/scenes";
    options.sources.open_feed = opener ? std::move(opener) : gate.opener();
    options.on_failure = [this](const std::string&, const base::Error&) { ++failures; };
    options.marks = marks;
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

// ---- Cross-fades ----

Value words_changed_to(const std::string& text) {
  return Value::object().add("content", Value::object().add("text", Value::of(text)));
}

TEST(ContentFades, FormerContentIsShownWithTheNewOne) {
  LiveScene live(kScene);
  Loading loading(live);
  const auto before = loading.view_of_revision(live.update(
      "words", Value::object().add("transition", Value::object().add("content", Value::of("1h")))));
  ASSERT_NE(before, nullptr);
  const auto after = loading.view_of_revision(live.update("words", words_changed_to("two")));
  ASSERT_NE(after, nullptr);
  const render::ShownLayer& shown = after->layers.at(0);
  EXPECT_EQ(shown.content->text, "two");
  ASSERT_NE(shown.former, nullptr);
  EXPECT_EQ(shown.former->content, before->layers.at(0).content);
  // A change of something else does not end it.
  const auto faded = loading.view_of_revision(
      live.update("words", Value::object().add("opacity", Value::of(0.5))));
  ASSERT_NE(faded, nullptr);
  EXPECT_EQ(faded->layers.at(0).former, shown.former);
}

TEST(ContentFades, WithoutATransitionTheNewContentIsShownAtOnce) {
  LiveScene live(kScene);
  Loading loading(live);
  ASSERT_NE(loading.view_of_revision(1), nullptr);
  const auto after = loading.view_of_revision(live.update("words", words_changed_to("two")));
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->layers.at(0).former, nullptr);
}

// ---- Contents that fail ----

constexpr const char* kDrawing = R"(
version: 1
scene: live
canvas: {width: 64, height: 36, fps: 25}
layers:
  - {id: mark, type: overlay, content: {type: svg, svg: "<svg xmlns='http://www.w3.org/2000/svg'
      width='8' height='8'><rect width='8' height='8'/></svg>"}}
)";

Value drawn_as(const std::string& markup) {
  return Value::object().add(
      "content", Value::object().add("type", Value::of("svg")).add("svg", Value::of(markup)));
}

Value on_error(const std::string& choice) {
  return Value::object().add("on_error", Value::of(choice));
}

TEST(ContentFailures, LayerKeepsWhatItShowedAndFollowsItsOtherValues) {
  LiveScene live(kDrawing);
  Loading loading(live);
  const auto before = loading.view_of_revision(1);
  ASSERT_NE(before, nullptr);
  ASSERT_EQ(before->layers.size(), 1U);
  EXPECT_TRUE(loading.loader->failures().empty());
  const auto broken = loading.view_of_revision(live.update("mark", drawn_as("<svg")));
  ASSERT_NE(broken, nullptr);
  ASSERT_EQ(broken->layers.size(), 1U);
  EXPECT_EQ(broken->layers[0].content, before->layers[0].content);
  const auto failures = loading.loader->failures();
  ASSERT_EQ(failures.size(), 1U);
  EXPECT_EQ(failures[0].id, "mark");
  EXPECT_EQ(failures[0].kind, LayerFailure::Kind::kContent);
  // Another failure still keeps the last picture, and other values apply.
  live.update("mark", drawn_as("<svg><rect"));
  const auto moved =
      loading.view_of_revision(live.update("mark", Value::object().add("opacity", Value::of(0.5))));
  ASSERT_NE(moved, nullptr);
  ASSERT_EQ(moved->layers.size(), 1U);
  EXPECT_EQ(moved->layers[0].content, before->layers[0].content);
  EXPECT_EQ(moved->layers[0].layer->opacity, 0.5);
  const auto well = loading.view_of_revision(live.update(
      "mark", drawn_as("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")));
  ASSERT_NE(well, nullptr);
  EXPECT_NE(well->layers.at(0).content, before->layers[0].content);
  EXPECT_TRUE(loading.loader->failures().empty());
}

TEST(ContentFailures, LayerThatNeverShowedAnythingStaysHidden) {
  LiveScene live(kDrawing);
  Loading loading(live);
  ASSERT_NE(loading.view_of_revision(1), nullptr);
  const Value layer = Value::object()
                          .add("id", Value::of("new"))
                          .add("type", Value::of("overlay"))
                          .add("content", *drawn_as("<svg").find("content"));
  const auto view =
      loading.view_of_revision(live.apply("layers.create", Value::object().add("layer", layer)));
  ASSERT_NE(view, nullptr);
  ASSERT_EQ(view->layers.size(), 1U);
  EXPECT_EQ(view->layers[0].layer->id, "mark");
  ASSERT_EQ(loading.loader->failures().size(), 1U);
  EXPECT_EQ(loading.loader->failures()[0].id, "new");
}

TEST(ContentFailures, OnErrorOfLayerAndSceneChoosesWhatIsShown) {
  LiveScene live(kDrawing);
  Loading loading(live);
  const auto before = loading.view_of_revision(1);
  ASSERT_NE(before, nullptr);
  const auto after = [&](int64_t revision) { return loading.view_of_revision(revision); };
  live.update("mark", drawn_as("<svg"));
  EXPECT_TRUE(after(live.update("mark", on_error("hide")))->layers.empty());
  const auto red = after(live.update("mark", on_error("error-picture")));
  ASSERT_EQ(red->layers.size(), 1U);
  EXPECT_TRUE(red->layers[0].content->error.has_value());
  const auto kept = after(live.update("mark", on_error("keep")));
  ASSERT_EQ(kept->layers.size(), 1U);
  EXPECT_EQ(kept->layers[0].content, before->layers[0].content);
  live.update("mark", Value::object().add("on_error", Value::null()));
  const auto by_scene = after(live.apply(
      "scene.patch",
      Value::object().add("patch", Value::object().add("defaults", on_error("error-picture")))));
  ASSERT_EQ(by_scene->layers.size(), 1U);
  EXPECT_TRUE(by_scene->layers[0].content->error.has_value());
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

Value blurred_by(double radius) {
  return Value::object().add("filters",
                             Value::array({Value::object().add("blur", Value::of(radius))}));
}

TEST(ContentLoader, FiltersOfWhatStandsStillAreInItsPicture) {
  LiveScene live(kScene);
  Loading loading(live);
  const auto before = loading.view_of_revision(1);
  ASSERT_NE(before, nullptr);
  const auto blurred = loading.view_of_revision(live.update("words", blurred_by(3)));
  ASSERT_NE(blurred, nullptr);
  EXPECT_NE(blurred->layers[0].content, before->layers[0].content);
  EXPECT_EQ(blurred->layers[0].content->filters, blurred->layers[0].layer->filters);
  EXPECT_GT(blurred->layers[0].content->raster->picture->size().width,
            before->layers[0].content->raster->picture->size().width);
  const auto faded = loading.view_of_revision(
      live.update("words", Value::object().add("opacity", Value::of(0.5))));
  ASSERT_NE(faded, nullptr);
  EXPECT_EQ(faded->layers[0].content, blurred->layers[0].content);
  const auto sharp = loading.view_of_revision(
      live.update("words", Value::object().add("filters", Value::array())));
  ASSERT_NE(sharp, nullptr);
  EXPECT_TRUE(sharp->layers[0].content->filters.empty());
}

// That filters glide between is what the content has already, with or without some in its picture.
TEST(ContentLoader, FiltersThatGlideMakeNothingAnew) {
  LiveScene live(kScene);
  Loading loading(live);
  const auto now = [&] { return loading.view_of_revision(live.layers->current()->revision); };
  const auto is_seen = [&](const render::SceneView&) {
    return live.clock.next_frame_time() > 40ms;
  };
  ASSERT_NE(loading.view_when(is_seen), nullptr);
  live.update("words",
              Value::object().add("transition", Value::object().add("duration", Value::of("1h"))));
  const auto plain = now();
  ASSERT_NE(plain, nullptr);
  live.update("words", blurred_by(3));
  const auto blurs = now();
  ASSERT_NE(blurs, nullptr);
  EXPECT_TRUE(blurs->layers[0].run->transition.has_value());
  EXPECT_EQ(blurs->layers[0].content, plain->layers[0].content);
  live.update("words", Value::object().add("transition", Value::null()));
  const auto blurred = now();
  ASSERT_NE(blurred, nullptr);
  EXPECT_EQ(blurred->layers[0].content->filters, blurred->layers[0].layer->filters);
}

TEST(ContentLoader, FiltersOfWhatMovesLeaveItsContent) {
  LiveScene live(kScene);
  Loading loading(live);
  const Value chat = Value::object()
                         .add("id", Value::of("chat"))
                         .add("type", Value::of("chat"))
                         .add("size", Value::array({Value::of(40), Value::of(20)}))
                         .add("content", Value::object().add("type", Value::of("chat")));
  const auto before =
      loading.view_of_revision(live.apply("layers.create", Value::object().add("layer", chat)));
  const auto after = loading.view_of_revision(live.update("chat", blurred_by(3)));
  ASSERT_NE(before, nullptr);
  ASSERT_NE(after, nullptr);
  ASSERT_EQ(after->layers.size(), 2U);
  EXPECT_EQ(after->layers[1].content, before->layers[1].content);
  EXPECT_EQ(after->layers[1].layer->filters.size(), 1U);
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
  EXPECT_EQ(loading.loader->failures().size(), 1U);  // so the layer keeps its text
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

constexpr const char* kLeavingScene = R"(
version: 1
scene: live
canvas: {width: 64, height: 36, fps: 25}
layers:
  - {id: back, type: overlay, content: {type: color, color: blue}}
  - {id: words, type: overlay, content: {type: text, text: one},
     exit: [{effect: fade, from: 1, to: 0, duration: 100ms}]}
  - {id: front, type: overlay, content: {type: color, color: red}}
)";

// The layers that frames from `time` on show, from far to near.
std::vector<std::string> shown_at(ContentLoader& loader, base::Duration time) {
  std::vector<std::string> ids;
  for (const auto& shown : loader.view_at(time)->layers) ids.push_back(shown.layer->id);
  return ids;
}

TEST(ContentLoader, AHiddenLayerShowsUntilItsExitIsOverAndNoLonger) {
  LiveScene live(kLeavingScene);
  Loading loading(live);
  ASSERT_NE(loading.view_of_revision(1), nullptr);
  const int64_t revision = live.update("words", Value::object().add("visible", Value::of(false)));
  const auto exit_start = live.layers->current()->run.layers.of("words")->exit_start;
  ASSERT_TRUE(exit_start);
  // Its frames come when they are due.
  const auto view = loading.view_when([&](const render::SceneView& each) {
    return each.revision >= revision && each.layers.size() == 2;
  });
  ASSERT_NE(view, nullptr);
  EXPECT_GE(live.clock.next_frame_time(), *exit_start + 100ms);
  EXPECT_EQ(view->layers[1].layer->id, "front");
}

TEST(ContentLoader, ADeletedLayerLeavesInItsPlaceWithTheContentItHad) {
  LiveScene live(R"(
version: 1
scene: live
canvas: {width: 64, height: 36, fps: 25}
layers:
  - {id: back, type: overlay, content: {type: color, color: blue}}
  - {id: words, type: overlay, content: {type: text, text: one},
     exit: [{effect: fade, from: 1, to: 0, duration: 5m}]}
  - {id: front, type: overlay, content: {type: color, color: red}}
)");
  Loading loading(live);
  const auto before = loading.view_of_revision(1);
  ASSERT_NE(before, nullptr);
  live.apply("layers.delete", Value::object().add("id", Value::of("words")));
  const int64_t revision = live.apply(
      "layers.create",
      Value::object().add(
          "layer",
          Value::object()
              .add("id", Value::of("words"))
              .add("type", Value::of("overlay"))
              .add("content",
                   Value::object().add("type", Value::of("text")).add("text", Value::of("two")))));
  ASSERT_NE(loading.view_of_revision(revision), nullptr);
  const base::Duration now = live.clock.next_frame_time();
  EXPECT_EQ(shown_at(*loading.loader, now),
            (std::vector<std::string>{"back", "words", "front", "words"}));
  const auto view = loading.loader->view_at(now);
  EXPECT_EQ(view->layers[1].content, before->layers[1].content);
  EXPECT_FALSE(view->layers[1].layer->visible);
  EXPECT_EQ(view->layers[3].content->text, "two");
  EXPECT_TRUE(view->layers[3].layer->visible);
}

TEST(ContentLoader, ATextThatBeginsToScrollIsMadeAnew) {
  LiveScene live(kScene);
  Loading loading(live);
  const auto before = loading.view_of_revision(1);
  ASSERT_NE(before, nullptr);
  const Value scroll =
      Value::object().add("effect", Value::of("scroll")).add("speed", Value::of(20.0));
  const int64_t revision = live.apply(
      "layers.animate", Value::object().add("id", Value::of("words")).add("animation", scroll));
  const auto after = loading.view_of_revision(revision);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(before->layers[0].content->raster->repeats_after, 0);
  EXPECT_GT(after->layers[0].content->raster->repeats_after, 0);
}

constexpr const char* kCharacter = R"(
version: 1
scene: live
canvas: {width: 64, height: 36, fps: 25}
layers:
  - id: host
    type: host
    size: [32, 32]
    content:
      type: character
      source: art/card-small.png
      animations:
        idle: {type: sprite, source: art/card-small.png, sprite: {columns: 2}}
        talking: {type: sprite, source: art/card.png, sprite: {columns: 4, rows: 2}}
        listening: {type: image, source: art/card.svg}
)";

Value state_of(const char* state) {
  return Value::object().add("content", Value::object().add("state", Value::of(state)));
}

frame::AnyPicture first_picture(const render::ShownLayer& shown) {
  std::vector<content::Part> parts;
  EXPECT_TRUE(shown.content->moving->show({0, 1}, frame::Patience::kNone, parts).ok());
  EXPECT_EQ(parts.size(), 1U);
  return parts.empty() ? frame::AnyPicture() : parts.front().picture;
}

TEST(ContentLoader, AChangeOfStateDecodesNothing) {
  LiveScene live(kCharacter);
  Loading loading(live);
  ASSERT_NE(loading.view_of_revision(1), nullptr);
  const auto idle = loading.view_of_revision(live.update("host", state_of("idle")));
  ASSERT_NE(idle, nullptr);
  const auto talking = loading.view_of_revision(live.update("host", state_of("talking")));
  ASSERT_NE(talking, nullptr);
  EXPECT_EQ(loading.failures, 0);
  EXPECT_NE(talking->layers[0].content, idle->layers[0].content);
  // It was decoded with the layer, by whichever thread made that.
  EXPECT_EQ(talking->layers[0].content->moving->decode_nanoseconds(), 0);
  EXPECT_EQ(idle->layers[0].content->moving->decode_nanoseconds(), 0);
  const auto still = loading.view_of_revision(live.update("host", state_of("listening")));
  ASSERT_NE(still, nullptr);
  EXPECT_EQ(still->layers[0].content->moving->decode_nanoseconds(), 0);
  EXPECT_EQ(loading.failures, 0);
  const auto back = loading.view_of_revision(live.update("host", state_of("idle")));
  ASSERT_NE(back, nullptr);
  EXPECT_FALSE(frame::is_null(first_picture(back->layers[0])));
}

constexpr const char* kChatScene = R"(
version: 1
scene: live
canvas: {width: 640, height: 360, fps: 25}
layers:
  - {id: talk, type: chat, content: {type: chat, max_messages: 5,
     messages: [{id: a, author: Ana, text: first, timestamp: 0s}]}}
)";

// The pictures of the parts that show at a stream time.
std::vector<frame::AnyPicture> pictures_at(const render::SceneView& view, base::Duration time) {
  std::vector<content::Part> parts;
  const base::SceneTime at{time.count(), 1'000'000'000};
  EXPECT_TRUE(view.layers.at(0).content->moving->show(at, frame::Patience::kWaits, parts));
  std::vector<frame::AnyPicture> pictures;
  for (const content::Part& part : parts) pictures.push_back(part.picture);
  return pictures;
}

TEST(ContentLoader, WhatIsSaidJoinsTheMessagesThatAreThere) {
  LiveScene live(kChatScene);
  Loading loading(live);
  const auto before = loading.view_of_revision(1);
  ASSERT_NE(before, nullptr);
  const auto first = pictures_at(*before, 1s);
  ASSERT_EQ(first.size(), 2U);
  const Value message =
      Value::object().add("author", Value::of("Ben")).add("text", Value::of("second"));
  const int64_t revision =
      live.apply("chat.say", Value::object().add("id", Value::of("talk")).add("message", message));
  const auto after = loading.view_of_revision(revision);
  ASSERT_NE(after, nullptr);
  const base::Duration said =
      live.layers->current()->run.layers.of("talk")->messages.at(0).shown_at;
  // The panel and the first message are drawn once, whatever is said after it.
  EXPECT_EQ(pictures_at(*after, said - 1ns), first);
  const auto both = pictures_at(*after, said + 1s);
  ASSERT_EQ(both.size(), 3U);
  EXPECT_EQ(both[0], first[0]);
  EXPECT_EQ(both[1], first[1]);
}

TEST(ContentLoader, AMoveOfTheChatsLayerMakesNoMessageAnew) {
  LiveScene live(kChatScene);
  Loading loading(live);
  const auto before = loading.view_of_revision(1);
  ASSERT_NE(before, nullptr);
  const int64_t revision = live.update("talk", Value::object().add("opacity", Value::of(0.5)));
  const auto after = loading.view_of_revision(revision);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->layers[0].content, before->layers[0].content);
}

// ---- Videos that are shown again ----------------------------------------------------------------

// A video that has the pictures of a time only after it was prepared, which takes until it is let
// through.
struct Film {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_open = true;
  int opened = 0;
  int prepared = 0;
  int waiting = 0;

  void set_open(bool open) {
    {
      const std::lock_guard lock(mutex);
      is_open = open;
    }
    changed.notify_all();
  }
  int count(int Film::*member) {
    const std::lock_guard lock(mutex);
    return this->*member;
  }
};

class FilmFeed final : public frame::VideoFeed {
 public:
  explicit FilmFeed(Film& film) : film_(film) {}
  base::SizeF display_size() const override { return {8, 8}; }
  base::Result<frame::AnyPicture> picture_at(const base::SceneTime&) override {
    return frame::AnyPicture();
  }
  base::Result<frame::AnyPicture> newest_at(const base::SceneTime&) override {
    return frame::AnyPicture();
  }
  bool may_be_behind() const override { return true; }
  void prepare(const base::SceneTime&) override {
    std::unique_lock lock(film_.mutex);
    ++film_.waiting;
    film_.changed.notify_all();
    film_.changed.wait(lock, [&] { return film_.is_open; });
    ++film_.prepared;
  }
  int64_t decode_nanoseconds() const override { return 0; }

 private:
  Film& film_;
};

TEST(ContentLoader, AVideoThatIsShownAgainWaitsForItsPresentPicture) {
  LiveScene live(kScene);
  Film film;
  Loading loading(live, [&film](const auto&, const auto&) {
    const std::lock_guard lock(film.mutex);
    ++film.opened;
    return base::Result<std::unique_ptr<frame::VideoFeed>>(std::make_unique<FilmFeed>(film));
  });
  const auto set_visible = [&](bool visible) {
    return live.update("film", Value::object().add("visible", Value::of(visible)));
  };
  ASSERT_NE(loading.view_of_revision(set_visible(true)), nullptr);
  EXPECT_EQ(film.count(&Film::prepared), 0);  // it was opened at its time
  ASSERT_NE(loading.view_of_revision(set_visible(false)), nullptr);
  film.set_open(false);
  const int64_t shown = set_visible(true);
  {
    std::unique_lock lock(film.mutex);
    ASSERT_TRUE(film.changed.wait_for(lock, 20s, [&] { return film.waiting == 1; }));
  }
  const auto before = loading.loader->view_at(kForEver);
  EXPECT_LT(before->revision, shown);
  for (const auto& layer : before->layers) {
    EXPECT_FALSE(layer.layer->id == "film" && layer.layer->visible);
  }
  film.set_open(true);
  const auto after = loading.view_of_revision(shown);
  ASSERT_NE(after, nullptr);
  EXPECT_EQ(after->layers.size(), 2U);
  EXPECT_GE(film.count(&Film::prepared), 1);
  EXPECT_EQ(film.count(&Film::opened), 1);
  // Changes of what is shown need no preparation, and a restart opens it anew.
  const int prepared = film.count(&Film::prepared);
  ASSERT_NE(
      loading.view_of_revision(live.update("film", Value::object().add("opacity", Value::of(0.5)))),
      nullptr);
  EXPECT_EQ(film.count(&Film::prepared), prepared);
  const auto start = live.layers->current()->run.layers.of("film")->start;
  ASSERT_TRUE(start);
  ASSERT_NE(loading.view_when([&](const auto&) { return live.clock.next_frame_time() > *start; }),
            nullptr);
  ASSERT_NE(loading.view_of_revision(
                live.apply("layers.restart", Value::object().add("id", Value::of("film")))),
            nullptr);
  EXPECT_EQ(film.count(&Film::opened), 2);
}

// ---- Files that change --------------------------------------------------------------------------

// A folder with files, and a live scene that shows some of them.
class ChangingFiles : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "assets-XXXXXX").string();
    ASSERT_NE(mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path(name), std::ios::binary) << text;
  }
  static std::string drawing(const std::string& color) {
    return "<svg xmlns='http://www.w3.org/2000/svg' width='8' height='8'><rect width='8' "
           "height='8' fill='" +
           color + "'/></svg>";
  }
  static std::string scene_with(const std::string& layers) {
    return "version: 1\nscene: live\ncanvas: {width: 64, height: 36, fps: 25}\nlayers:\n" + layers;
  }
  std::string image(const std::string& id, const std::string& name) const {
    return "  - {id: " + id + ", type: overlay, content: {type: image, source: " + path(name) +
           "}}\n";
  }

  // The colour that a layer shows: `ff0000`; `error` for the error picture.
  static std::string color_of(const render::SceneView& view, const std::string& id) {
    for (const render::ShownLayer& shown : view.layers) {
      if (shown.layer->id != id) continue;
      if (shown.content->error) return "error";
      frame::PremulRgba8 pixel{};
      if (shown.content->raster) {
        pixel = shown.content->raster->picture->view().at(4, 4);
      } else {
        const auto picture = std::get<frame::PicturePtr>(first_picture(shown));
        pixel = picture->view().at(4, 4);
      }
      std::array<char, 8> text{};
      std::snprintf(text.data(), text.size(), "%02x%02x%02x", pixel.red, pixel.green, pixel.blue);
      return text.data();
    }
    return "absent";
  }
  // Whether the layer shows the colour soon; `error` must not be seen before that.
  static testing::AssertionResult shows(Loading& loading, const std::string& id,
                                        const std::string& color) {
    std::string last;
    std::set<std::string> seen;
    const auto view = loading.view_when([&](const render::SceneView& each) {
      last = color_of(each, id);
      seen.insert(last);
      return last == color;
    });
    if (view == nullptr) return testing::AssertionFailure() << "it shows " << last;
    if (color != "error" && seen.size() > 2) {
      return testing::AssertionFailure() << "it showed something else in between";
    }
    return testing::AssertionSuccess();
  }

  Value mask_of_source(const std::string& name) const {
    return Value::object().add("source", Value::of(path(name)));
  }
  // The text of the layer `a` and the colour of its mask: `one ffffff`, `two none`; `absent` for a
  // mask that the view lacks.
  static std::string look_of(const render::SceneView& view) {
    for (const render::ShownLayer& shown : view.layers) {
      if (shown.name != "a") continue;
      const bool is_masked = shown.layer->mask.has_value();
      return shown.content->text + " " + (is_masked ? color_of(view, "a/mask") : "none");
    }
    return "no layer";
  }

  std::filesystem::path folder_;
};

TEST_F(ChangingFiles, AFileThatIsWrittenAgainIsLoadedAgain) {
  write("a.svg", drawing("red"));
  write("b.svg", drawing("red"));
  LiveScene live(scene_with(
      image("a", "a.svg") + image("b", "b.svg") +
      "  - {id: c, type: overlay, content: {type: svg, source: " + path("b.svg") + "}}\n"));
  Loading loading(live);
  ASSERT_TRUE(shows(loading, "a", "ff0000"));
  ASSERT_TRUE(shows(loading, "b", "ff0000"));
  ASSERT_TRUE(shows(loading, "c", "ff0000"));
  const auto before = loading.loader->view_at(kForEver);
  write("a.svg", drawing("blue"));
  EXPECT_TRUE(shows(loading, "a", "0000ff"));
  // Others keep their pictures.
  EXPECT_EQ(loading.loader->view_at(kForEver)->layers[1].content, before->layers[1].content);
  write("new.svg", drawing("lime"));
  std::filesystem::rename(path("new.svg"), path("b.svg"));
  EXPECT_TRUE(shows(loading, "b", "00ff00"));
  EXPECT_TRUE(shows(loading, "c", "00ff00"));
  // A link that leads to another file.
  std::filesystem::remove(path("a.svg"));
  std::filesystem::create_symlink(path("b.svg"), path("a.svg"));
  EXPECT_TRUE(shows(loading, "a", "00ff00"));
  EXPECT_EQ(loading.failures, 0);
}

TEST_F(ChangingFiles, AMissingFileIsLoadedOnceItIsThere) {
  LiveScene live(scene_with(image("a", "a.svg") + image("b", "later/b.svg")));
  Loading loading(live);
  ASSERT_NE(loading.view_when([&](const auto&) { return loading.failures == 2; }), nullptr);
  EXPECT_TRUE(shows(loading, "a", "absent"));
  const auto are_told = [&](const auto&) { return loading.loader->failures().size() == 2; };
  EXPECT_NE(loading.view_when(are_told), nullptr);
  write("a.svg", drawing("blue"));
  EXPECT_TRUE(shows(loading, "a", "0000ff"));
  // Its folder was missing as well.
  std::filesystem::create_directory(folder_ / "later");
  write("later/b.svg", drawing("red"));
  EXPECT_TRUE(shows(loading, "b", "ff0000"));
  EXPECT_EQ(loading.failures, 2);  // each is told once
  EXPECT_TRUE(loading.loader->failures().empty());
}

TEST_F(ChangingFiles, WhatIsShownStaysUntilTheNewFileIsWhole) {
  write("a.svg", drawing("red"));
  LiveScene live(scene_with(image("a", "a.svg")));
  Loading loading(live);
  ASSERT_TRUE(shows(loading, "a", "ff0000"));
  const auto before = loading.loader->view_at(kForEver)->layers[0].content;
  write("a.svg", drawing("blue").substr(0, 60));
  // The failure is told, and the old picture stays.
  EXPECT_NE(loading.view_when([&](const auto&) { return loading.failures == 1; }), nullptr);
  EXPECT_EQ(loading.loader->view_at(kForEver)->layers[0].content, before);
  const auto is_told = [&](const auto&) { return loading.loader->failures().size() == 1; };
  EXPECT_NE(loading.view_when(is_told), nullptr);
  live.update("a", Value::object().add("opacity", Value::of(0.5)));
  write("a.svg", drawing("blue"));
  EXPECT_TRUE(shows(loading, "a", "0000ff"));
  EXPECT_EQ(loading.failures, 1);
}

// ---- Masks ----

const render::ShownLayer* layer_named(const render::SceneView& view, const std::string& name) {
  const auto found = std::ranges::find(view.layers, name, &render::ShownLayer::name);
  return found == view.layers.end() ? nullptr : &*found;
}

Value masked_by(const std::string& key, const std::string& value) {
  return Value::object().add("mask", Value::object().add(key, Value::of(value)));
}

TEST_F(ChangingFiles, TheImageOfAMaskIsLoadedAndLoadedAgain) {
  write("a.svg", drawing("red"));
  write("m.svg", drawing("white"));
  LiveScene live(scene_with(image("a", "a.svg")));
  Loading loading(live);
  ASSERT_TRUE(shows(loading, "a", "ff0000"));
  const auto before = loading.loader->view_at(kForEver)->layers[0].content;
  live.update("a", masked_by("source", path("m.svg")));
  // The layer never shows without the mask that it names.
  const auto masked = loading.view_when([&](const render::SceneView& view) {
    const render::ShownLayer* layer = layer_named(view, "a");
    EXPECT_NE(layer, nullptr);
    if (layer == nullptr || !layer->layer->mask) return false;
    EXPECT_NE(layer_named(view, "a/mask"), nullptr);
    return true;
  });
  ASSERT_NE(masked, nullptr);
  EXPECT_EQ(layer_named(*masked, "a")->content, before);
  EXPECT_FALSE(layer_named(*masked, "a")->is_mask);
  EXPECT_TRUE(layer_named(*masked, "a/mask")->is_mask);
  EXPECT_EQ(color_of(*masked, "a/mask"), "ffffff");
  write("m.svg", drawing("blue"));
  EXPECT_TRUE(shows(loading, "a/mask", "0000ff"));
  EXPECT_EQ(layer_named(*loading.loader->view_at(kForEver), "a")->content, before);
  live.update("a", Value::object().add("mask", Value::null()));
  EXPECT_TRUE(shows(loading, "a/mask", "absent"));
  EXPECT_EQ(layer_named(*loading.loader->view_at(kForEver), "a")->content, before);
}

// Until the new content and the new mask are both there, the layer has its former look.
TEST_F(ChangingFiles, AMaskAndAContentChangeTogether) {
  write("m.svg", drawing("white"));
  write("n.svg", drawing("blue"));
  write("a.svg", drawing("red"));
  LiveScene live(scene_with("  - {id: a, type: overlay, content: {type: text, text: one}}\n"));
  Loading loading(live);
  ASSERT_NE(loading.view_of_revision(1), nullptr);
  // `text` with the mask of this colour, or any other look that the layer had before.
  const auto follows = [&](Value patch, const std::string& text, const std::string& mask) {
    const std::string former = look_of(*loading.loader->view_at(kForEver));
    const int64_t revision = live.update("a", std::move(patch));
    const auto view = loading.view_when([&](const render::SceneView& each) {
      const std::string look = look_of(each);
      EXPECT_TRUE(look == former || look == text + " " + mask) << former << ": " << look;
      return each.revision >= revision && look != former;
    });
    return view != nullptr && look_of(*view) == text + " " + mask;
  };
  EXPECT_TRUE(
      follows(words_changed_to("two").add("mask", mask_of_source("m.svg")), "two", "ffffff"));
  EXPECT_TRUE(
      follows(words_changed_to("three").add("mask", mask_of_source("n.svg")), "three", "0000ff"));
  Value picture = Value::object()
                      .add("type", Value::of("image"))
                      .add("source", Value::of(path("a.svg")))
                      .add("text", Value::null());
  EXPECT_TRUE(follows(Value::object().add("content", std::move(picture)).add("mask", Value::null()),
                      "", "none"));
}

TEST_F(ChangingFiles, AMaskThatIsMissingIsToldOfItsLayerAndLoadedOnceItIsThere) {
  write("a.svg", drawing("red"));
  LiveScene live(scene_with(image("a", "a.svg")));
  Loading loading(live);
  ASSERT_TRUE(shows(loading, "a", "ff0000"));
  live.update("a", masked_by("source", path("m.svg")));
  ASSERT_NE(loading.view_when([&](const auto&) { return loading.failures == 1; }), nullptr);
  const auto is_told = [&](const auto&) { return loading.loader->failures().size() == 1; };
  EXPECT_NE(loading.view_when(is_told), nullptr);
  EXPECT_EQ(loading.loader->failures().at(0).id, "a");
  write("m.svg", drawing("white"));
  EXPECT_TRUE(shows(loading, "a/mask", "ffffff"));
  EXPECT_TRUE(loading.loader->failures().empty());
}

TEST_F(ChangingFiles, LayersThatAreMasksAreMarked) {
  write("a.svg", drawing("red"));
  LiveScene live(scene_with(image("a", "a.svg") + image("m", "a.svg")));
  Loading loading(live);
  ASSERT_TRUE(shows(loading, "m", "ff0000"));
  EXPECT_FALSE(layer_named(*loading.loader->view_at(kForEver), "m")->is_mask);
  const auto view = loading.view_of_revision(live.update("a", masked_by("layer", "m")));
  ASSERT_NE(view, nullptr);
  EXPECT_TRUE(layer_named(*view, "m")->is_mask);
  EXPECT_FALSE(layer_named(*view, "a")->is_mask);
}

TEST_F(ChangingFiles, OneOfNumberedFilesIsEnough) {
  write("a-1.svg", drawing("red"));
  write("a-2.svg", drawing("red"));
  LiveScene live(scene_with("  - {id: a, type: overlay, content: {type: frames, source: \"" +
                            path("a-%d.svg") + "\"}}\n"));
  Loading loading(live);
  ASSERT_TRUE(shows(loading, "a", "ff0000"));
  write("a-1.svg", drawing("blue"));
  EXPECT_TRUE(shows(loading, "a", "0000ff"));
}

// ---- What was loading when a process died -------------------------------------------------------

class HeldLayers : public ChangingFiles {
 protected:
  std::unique_ptr<LoadingMarks> open_marks(const std::string& name) const {
    return LoadingMarks::open(path(name), LoadingMarks::Former::kHeld).value();
  }
  // What the file of the marks has now, as after the death of its process.
  std::unique_ptr<LoadingMarks> marks_after_death(const std::string& name) const {
    std::filesystem::copy_file(path(name), path("left"),
                               std::filesystem::copy_options::overwrite_existing);
    return open_marks("left");
  }
  static render::FeedOpener opener_of(Film& film) {
    return [&film](const auto&, const auto&) {
      const std::lock_guard lock(film.mutex);
      ++film.opened;
      return base::Result<std::unique_ptr<frame::VideoFeed>>(std::make_unique<FilmFeed>(film));
    };
  }
  static bool shows_film(Loading& loading) {
    return loading.view_when([&](const render::SceneView& view) {
      const auto layer = layer_named(view, "film");
      return layer && !layer->content->error;
    }) != nullptr;
  }
  std::string scene() const {
    return scene_with(image("a", "a.svg") +
                      "  - {id: film, type: visual_feed, content: {type: video, source: a.mp4}}\n");
  }
};

TEST_F(HeldLayers, AreLoadedOnceTheyAreReleased) {
  write("a.svg", drawing("red"));
  std::unique_ptr<LoadingMarks> marks;
  {
    const auto former_marks = open_marks("marks");
    LiveScene live(scene());
    Loading loading(live, {}, former_marks.get());
    loading.gate.wait_until_asked();
    ASSERT_TRUE(shows(loading, "a", "ff0000"));
    marks = marks_after_death("marks");
  }
  Film film;
  LiveScene live(scene());
  Loading loading(live, opener_of(film), marks.get());
  ASSERT_TRUE(shows(loading, "a", "ff0000"));
  ASSERT_NE(loading.view_when([&](const auto&) { return loading.loader->failures().size() == 1; }),
            nullptr);
  const LayerFailure failure = loading.loader->failures().at(0);
  EXPECT_EQ(failure.id, "film");
  EXPECT_NE(failure.error.message.find("layerctl release film"), std::string::npos)
      << failure.error.message;
  // Another change of the scene does not load it.
  ASSERT_NE(
      loading.view_of_revision(live.update("film", Value::object().add("opacity", Value::of(0.5)))),
      nullptr);
  EXPECT_FALSE(loading.loader->release("a"));
  EXPECT_EQ(film.count(&Film::opened), 0);
  EXPECT_TRUE(loading.loader->release("film"));
  EXPECT_TRUE(shows_film(loading));
  EXPECT_EQ(film.count(&Film::opened), 1);
  EXPECT_TRUE(loading.loader->failures().empty());
  EXPECT_FALSE(loading.loader->release("film"));
}

TEST_F(HeldLayers, AreLoadedAfterAChangeOfTheirContent) {
  write("a.svg", drawing("red"));
  std::unique_ptr<LoadingMarks> marks;
  {
    const auto former_marks = open_marks("marks");
    LiveScene live(scene());
    Loading loading(live, {}, former_marks.get());
    loading.gate.wait_until_asked();
    ASSERT_TRUE(shows(loading, "a", "ff0000"));
    marks = marks_after_death("marks");
  }
  Film film;
  LiveScene live(scene());
  Loading loading(live, opener_of(film), marks.get());
  ASSERT_NE(loading.view_when([&](const auto&) { return loading.loader->failures().size() == 1; }),
            nullptr);
  Value content = Value::object().add("type", Value::of("video")).add("source", Value::of("b.mp4"));
  live.update("film", Value::object().add("content", std::move(content)));
  EXPECT_TRUE(shows_film(loading));
  EXPECT_EQ(film.count(&Film::opened), 1);
  EXPECT_FALSE(marks->has_holds());
}

TEST_F(HeldLayers, AreLoadedAfterAChangeOfTheirFile) {
  write("a.svg", drawing("red"));
  LiveScene live(scene_with(image("a", "a.svg")));
  const auto state = live.layers->current();
  const auto layer = scene::resolved(state->scene.layers[0], state->scene.canvas.size);
  const auto former_marks = open_marks("marks");
  const LoadingMarks::Mark mark(*former_marks, marked_content(*layer, identified({path("a.svg")})));
  const auto marks = marks_after_death("marks");
  Loading loading(live, {}, marks.get());
  ASSERT_NE(loading.view_when([&](const auto&) { return loading.loader->failures().size() == 1; }),
            nullptr);
  write("a.svg", drawing("blue"));
  EXPECT_TRUE(shows(loading, "a", "0000ff"));
  EXPECT_FALSE(marks->has_holds());
}

TEST_F(HeldLayers, AreForgottenWhenTheyAreRemoved) {
  write("a.svg", drawing("red"));
  LiveScene live(scene_with(image("a", "a.svg") + image("b", "a.svg")));
  const auto state = live.layers->current();
  const auto layer = scene::resolved(state->scene.layers[0], state->scene.canvas.size);
  const auto former_marks = open_marks("marks");
  const LoadingMarks::Mark mark(*former_marks, marked_content(*layer, identified({path("a.svg")})));
  const auto marks = marks_after_death("marks");
  Loading loading(live, {}, marks.get());
  ASSERT_NE(loading.view_when([&](const auto&) { return loading.loader->failures().size() == 1; }),
            nullptr);
  live.apply("layers.delete", Value::object().add("id", Value::of("a")));
  EXPECT_NE(loading.view_when([&](const auto&) { return !marks->has_holds(); }), nullptr);
}

}  // namespace
}  // namespace layercast::stream
