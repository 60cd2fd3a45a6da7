#include "scene/wire/scene_totals.h"

#include "scene/model/limits.h"
#include "scene/wire/scene_file.h"
#include "tests/scene/live_scene.h"

#include <chrono>
#include <filesystem>
#include <gtest/gtest.h>
#include <string>

namespace layercast::scene {
namespace {

CountedParts counted(const LiveState& state) { return {state.scene, state.run.exiting}; }

TEST(SceneTotals, AfterRandomCommandsEqualTheFullCount) {
  int changes = 0;
  for (uint64_t seed = 0; seed < 12; ++seed) {
    RandomCommand commands(seed);
    LiveState state = small_state();
    SceneTotals totals = totals_of(counted(state));
    base::Duration now{};
    for (int i = 0; i < 60; ++i) {
      now += std::chrono::milliseconds(commands.dice().below(2000));
      const auto read = command_from(commands.next(state));
      if (!read) continue;
      auto outcome = apply(state, read.value(), now);
      if (!outcome) continue;
      const LiveState& after = outcome.value().state;
      totals = totals_after(totals, counted(state), counted(after));
      ASSERT_EQ(totals, totals_of(counted(after))) << "seed " << seed << ", command " << i;
      changes += after.revision != state.revision ? 1 : 0;
      state = std::move(outcome).value().state;
    }
  }
  EXPECT_GT(changes, 200);
}

TEST(SceneTotals, HaveTheBytesOfTheExportedDocument) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Scene scene = RandomScene(seed, Purpose::kReadBack).scene();
    const auto bytes =
        static_cast<int64_t>(write_json(scene_document(scene, Secrets::kShown), 0).size());
    const int64_t last_comma = scene.layers.empty() ? 0 : 1;
    EXPECT_EQ(totals_of(scene).document_bytes, bytes + last_comma);
  }
}

TEST(SceneTotals, CountWhatPlaysAndWhatConnects) {
  const Scene scene = scene_from(R"({"version": 1, "scene": "a",
    "canvas": {"width": 640, "height": 360},
    "layers": [
      {"id": "film", "type": "visual_feed", "content": {"type": "video", "source": "a.mp4"},
       "animations": [{"effect": "fade", "duration": "1s"}],
       "enter": [{"effect": "keyframes", "duration": "1s",
                  "keyframes": [{"at": 0, "opacity": 0}, {"at": 1, "opacity": 1}]}]},
      {"id": "feed", "type": "visual_feed",
       "content": {"type": "video", "source": "rtmp://media/live/1"}},
      {"id": "again", "type": "visual_feed",
       "content": {"type": "video", "source": "rtmp://media/live/1"}},
      {"id": "hidden", "type": "visual_feed", "visible": false,
       "content": {"type": "video", "source": "rtmp://media/live/2"}},
      {"id": "host", "type": "host", "size": [100, 100],
       "content": {"type": "character", "source": "a.png", "animations": {
         "talks": {"type": "video", "source": "rtmp://media/live/3"},
         "waves": {"type": "gif", "source": "a.gif"}}}},
      {"id": "walk", "type": "overlay", "content": {"type": "frames", "source": "walk-*.png"}},
      {"id": "hidden-walk", "type": "overlay", "visible": false,
       "content": {"type": "frames", "source": "walk-*.png"}}],
    "audio": [{"id": "radio", "source": "https://radio/live",
               "animations": [{"effect": "volume", "duration": "1s"}]},
              {"id": "music", "source": "music.ogg"}],
    "outputs": [{"id": "main", "url": "rtmp://host/live/key"}]})");
  const SceneTotals totals = totals_of(scene);
  EXPECT_EQ(totals.animations, 3);
  EXPECT_EQ(totals.keyframes, 2);
  EXPECT_EQ(totals.videos, 4);
  const std::map<std::string, int64_t> sources = {
      {"https://radio/live", 1}, {"rtmp://media/live/1", 2}, {"rtmp://media/live/3", 1}};
  EXPECT_EQ(totals.live_sources, sources);
  EXPECT_EQ(totals.video_files, 1);
  EXPECT_EQ(totals.sound_files, 1);
  // The file of the host may be animated, too; the hidden animation is loaded.
  EXPECT_EQ(totals.animated, 4);
  EXPECT_EQ(totals.outputs, 1);
  EXPECT_EQ(threads_of(totals), 2 + 1 + 4 + 3 + limits::kThreadsOfOutput);
}

TEST(SceneTotals, CountAThreadForEachLargeAnimationThatMayPlay) {
  SceneTotals totals;
  totals.animated = limits::kLayersMax;  // most are small: at most so many have a thread
  EXPECT_EQ(threads_of(totals), limits::kStreamedAnimationsMax);
}

// A scene whose layers, sounds and outputs have as many threads as are allowed, and `more`
// videos, each of which has two.
std::string scene_of_threads(int more) {
  std::string yaml = "version: 1\nscene: a\ncanvas: {width: 320, height: 180}\nlayers:\n";
  constexpr int kOutputs = 10;
  constexpr int kAnimated = limits::kStreamedAnimationsMax;
  constexpr int kTwice =
      limits::kThreadsMax - kOutputs * limits::kThreadsOfOutput - kAnimated - limits::kAudioMax;
  static_assert(kTwice % 2 == 0 && kTwice / 2 < limits::kVideosMax);
  for (int i = 0; i < kTwice / 2 + more; ++i) {
    const std::string name = std::to_string(i);
    yaml += "  - {id: v" + name + ", type: visual_feed, content: {type: video, source: " + name +
            ".mp4}}\n";
  }
  for (int i = 0; i < kAnimated; ++i) {
    yaml += "  - {id: g" + std::to_string(i) +
            ", type: overlay, content: {type: gif, source: a.gif}}\n";
  }
  yaml += "audio:\n";
  for (int i = 0; i < limits::kAudioMax; ++i) {
    yaml += "  - {id: s" + std::to_string(i) + ", source: a.ogg}\n";
  }
  yaml += "outputs:\n";
  for (int i = 0; i < kOutputs; ++i) {
    yaml += "  - {id: o" + std::to_string(i) + ", url: " + std::to_string(i) + ".mkv}\n";
  }
  return yaml;
}

TEST(SceneTotals, AtALimitAreAllowedAndOnePastItAreRefused) {
  struct Case {
    int64_t SceneTotals::*total;
    int64_t most;
    std::string text;
  };
  const std::vector<Case> cases = {
      {&SceneTotals::document_bytes, limits::kDocumentBytesMax,
       "the scene has 3,670,017 bytes as JSON; expected at most 3,670,016"},
      {&SceneTotals::frame_work, limits::kFrameWorkMax,
       "the scene has 4,000,000,001 pixel passes a frame; expected at most 4,000,000,000"},
      {&SceneTotals::animations, limits::kSceneAnimationsMax,
       "the scene has 5,001 animations; expected at most 5,000"},
      {&SceneTotals::keyframes, limits::kSceneKeyframesMax,
       "the scene has 20,001 keyframes; expected at most 20,000"},
      {&SceneTotals::videos, limits::kVideosMax,
       "the scene has 129 videos that may play at once; expected at most 128"}};
  for (const Case& each : cases) {
    SceneTotals totals;
    totals.*each.total = each.most;
    EXPECT_FALSE(objection_to(totals)) << each.text;
    ++(totals.*each.total);
    const auto objection = objection_to(totals);
    ASSERT_TRUE(objection) << each.text;
    EXPECT_EQ(objection->code, base::ErrorCode::kLimit);
    EXPECT_EQ(objection->message, each.text);
  }
}

TEST(SceneTotals, AChangeIsRefusedOnlyForWhatItIncreases) {
  SceneTotals before;
  before.animations = limits::kSceneAnimationsMax + 10;
  before.keyframes = limits::kSceneKeyframesMax;
  SceneTotals after = before;
  EXPECT_FALSE(objection_to(after, &before));
  after.animations -= 5;  // still above the limit, but fewer
  EXPECT_FALSE(objection_to(after, &before));
  after.keyframes += 3;
  const auto objection = objection_to(after, &before);
  ASSERT_TRUE(objection);
  EXPECT_EQ(objection->message,
            "the scene has 20,003 keyframes with this change, which adds 3; expected at most "
            "20,000");
}

TEST(SceneTotals, BoundTheLiveSourcesInAllAndOfEachHost) {
  SceneTotals totals;
  for (int i = 0; i < limits::kLiveSourcesOfHostMax; ++i) {
    totals.live_sources["rtmp://one/" + std::to_string(i)] = 1;
    totals.live_sources["rtmp://[::1]:1935/" + std::to_string(i)] = 3;  // users share a connection
  }
  ASSERT_EQ(totals.live_sources.size(), limits::kLiveSourcesMax);
  EXPECT_FALSE(objection_to(totals));
  SceneTotals more = totals;
  more.live_sources["rtmp://two/0"] = 1;
  const auto objection = objection_to(more);
  ASSERT_TRUE(objection);
  EXPECT_EQ(objection->message, "the scene has 65 live sources; expected at most 64");
  // The same host by other ports, logins and letters.
  more = totals;
  more.live_sources.erase("rtmp://[::1]:1935/0");
  more.live_sources["https://user:key@ONE:8443/a?b"] = 1;
  const auto of_host = objection_to(more);
  ASSERT_TRUE(of_host);
  EXPECT_EQ(of_host->message, "the scene has 33 live sources at \"one\"; expected at most 32");
}

TEST(SceneTotals, OfTheScenesThatComeWithItAreFarBelowTheLimits) {
  const std::filesystem::path source = LAYERCAST_SOURCE_DIR;
  int count = 0;
  for (const char* folder : {"scenes", "scenes/pictures", "tests/golden/scenes"}) {
    for (const auto& entry : std::filesystem::directory_iterator(source / folder)) {
      if (entry.path().extension() != ".yaml") continue;
      const auto read = load_scene(entry.path().string());
      ASSERT_TRUE(read) << entry.path();
      const SceneTotals totals = totals_of(read.value().scene);
      EXPECT_LT(totals.document_bytes, limits::kDocumentBytesMax / 10) << entry.path();
      EXPECT_LT(totals.frame_work, limits::kFrameWorkMax / 10) << entry.path();
      EXPECT_LT(totals.animations, limits::kSceneAnimationsMax / 10) << entry.path();
      EXPECT_LT(totals.keyframes, limits::kSceneKeyframesMax / 10) << entry.path();
      ++count;
    }
  }
  EXPECT_GT(count, 20);
}

// The text of a scene file with `count` layers of 64 animations each.
std::string scene_of_animations(int count, int more) {
  std::string yaml = "version: 1\nscene: a\ncanvas: {width: 320, height: 180}\nlayers:\n";
  for (int i = 0; i < count + 1; ++i) {
    yaml += "  - id: x" + std::to_string(i) +
            "\n    type: overlay\n    content: {type: color, color: red}\n    animations:\n";
    const int animations = i < count ? limits::kAnimationsMax : more;
    for (int j = 0; j < animations; ++j) yaml += "      - {effect: fade, duration: 1s}\n";
    if (animations == 0) yaml += "      []\n";
  }
  return yaml;
}

TEST(SceneTotals, BoundASceneFile) {
  const int full = limits::kSceneAnimationsMax / limits::kAnimationsMax;
  const int rest = limits::kSceneAnimationsMax % limits::kAnimationsMax;
  EXPECT_TRUE(parse_scene(scene_of_animations(full, rest), "a.yaml"));
  const auto refused = parse_scene(scene_of_animations(full, rest + 1), "a.yaml");
  ASSERT_FALSE(refused);
  EXPECT_EQ(
      refused.error().lines,
      std::vector<std::string>{"a.yaml: the scene has 5,001 animations; expected at most 5,000"});
}

TEST(SceneTotals, BoundTheThreadsOfASceneFile) {
  const auto full = parse_scene(scene_of_threads(0), "a.yaml");
  ASSERT_TRUE(full) << full.error().lines.front();
  EXPECT_EQ(threads_of(totals_of(full.value().scene)), limits::kThreadsMax);
  const auto refused = parse_scene(scene_of_threads(1), "a.yaml");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().lines,
            std::vector<std::string>{"a.yaml: the scene has 514 threads of videos, sounds, "
                                     "animations and outputs; expected at most 512"});
}

}  // namespace
}  // namespace layercast::scene
