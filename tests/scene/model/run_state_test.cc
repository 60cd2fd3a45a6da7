#include "scene/model/run_state.h"

#include "scene/live/phases.h"
#include "scene/live/run_tables.h"
#include "scene/live/track_phases.h"
#include "scene/wire/scene_file.h"
#include "tests/scene/live_scene.h"
#include "tests/scene/parsed_scene.h"

#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;
using std::chrono::milliseconds;
using std::chrono::seconds;

// The scene as a file has it, written and read again.
Scene exported(const LiveState& state) {
  return parsed_scene(scene_yaml(state.scene), "export.yaml").scene;
}

// --- Authored and run state are apart ---

TEST(RunState, IsNoPartOfAnExport) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    RandomCommand random(seed);
    LiveState state = small_state();
    for (int i = 0; i < 40; ++i) {
      auto outcome = apply(state, random.next(state), seconds(i));
      if (outcome) state = std::move(outcome).value().state;
    }
    ASSERT_EQ(exported(state), state.scene) << "seed " << seed;
    const std::string text = scene_yaml(state.scene);
    for (const char* key : {"shown_since", "exit_start", "state_before", "shown_at", "begins"}) {
      ASSERT_EQ(text.find(key), std::string::npos) << key;
    }
  }
}

// A scene file or an export of version 0.1 may name run state.
TEST(RunState, InASceneFileIsRefusedWithTheReason) {
  const auto read = parse_scene(R"(version: 1
scene: old
canvas: {width: 16, height: 16, fps: 25}
layers:
  - {id: a, type: overlay, content: {type: color, color: red}, start: 1s, leaves: 2s}
  - {id: b, type: overlay, content: {type: color, color: red}, shown_since: 1s, glide: {}}
  - {id: c, type: overlay, content: {type: color, color: red},
     animations: [{effect: fade, from: 0, to: 1, duration: 1s, start: 1s}]}
  - {id: d, type: host, content: {type: character, source: a.png, state_before: x, state_start: 1s}}
audio:
  - {id: e, source: a.wav, begins: 1h}
)",
                                "old.yaml");
  ASSERT_FALSE(read);
  ASSERT_EQ(read.error().lines.size(), 8U);
  for (const std::string& line : read.error().lines) {
    EXPECT_NE(line.find(": this is run state, which a scene does not have, expected the key "
                        "removed"),
              std::string::npos)
        << line;
  }
}

TEST(RunState, DecidesNothingOfWhatIsAuthored) {
  // The same commands at other times, on a scene whose parts began at other times, author the same.
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    RandomCommand random(seed);
    LiveState one = small_state();
    LiveState other = one;
    other.run = RandomScene(seed, Purpose::kReadBack).run_of(other.scene);
    for (int i = 0; i < 40; ++i) {
      const CommandDocument command = random.next(one);
      auto here = apply(one, command, seconds(i));
      auto there = apply(other, command, milliseconds(77'777) * i + seconds(1));
      ASSERT_EQ(here.ok(), there.ok()) << command.method;
      if (here) one = std::move(here).value().state;
      if (there) other = std::move(there).value().state;
      ASSERT_EQ(one.scene, other.scene) << "seed " << seed << " " << command.method;
    }
  }
}

TEST(RunState, FollowsFromTheAuthoredSceneAndTheCommandsAlone) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    RandomCommand random(seed);
    LiveState live = small_state();
    LiveState fresh = first_state(exported(live), live.epoch);
    fresh.active = live.active;
    ASSERT_EQ(fresh.scene, live.scene);
    for (int i = 0; i < 40; ++i) {
      const CommandDocument command = random.next(live);
      auto one = apply(live, command, seconds(i));
      auto other = apply(fresh, command, seconds(i));
      ASSERT_EQ(one.ok(), other.ok()) << command.method;
      if (one) live = std::move(one).value().state;
      if (other) fresh = std::move(other).value().state;
    }
    ASSERT_EQ(live, fresh) << "seed " << seed;
    expect_kept(live);
  }
}

TEST(RunState, EveryLayerAndSoundOfTheSceneHasOneAndNoOther) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RandomCommand random(seed);
    LiveState state = small_state();
    for (int i = 0; i < 40; ++i) {
      auto outcome = apply(state, random.next(state), seconds(i));
      if (outcome) state = std::move(outcome).value().state;
      RunTable<LayerRun> layers;
      for (const auto& layer : state.scene.layers) {
        ASSERT_EQ(run_of(state, layer->id).id, layer->id);
        layers.set(run_of(state, layer->id));
      }
      ASSERT_EQ(state.run.layers, layers);
    }
  }
}

TEST(RunState, OfMusicAddedLaterIsNotExported) {
  const LiveState state =
      executed(small_state(),
               command("audio.add", R"({"audio": {"id": "music", "source": "a.ogg"}})"),
               std::chrono::hours(1))
          .state;
  EXPECT_EQ(state.run.audio.of("music")->start, std::chrono::hours(1));
  const LiveState fresh = first_state(exported(state), {});
  EXPECT_EQ(fresh.run.audio.of("music")->start, Duration{});
}

// --- Tables ---

TEST(RunTable, FindsSetsAndErasesById) {
  RunTable<TrackRun> table;
  table.set({"b", seconds(1), {}});
  table.set({"a", seconds(2), {}});
  table.set({"c", std::nullopt, {}});
  const RunTable<TrackRun> before = table;
  table.set({"b", seconds(3), {}});
  EXPECT_EQ(table.of("a")->start, seconds(2));
  EXPECT_EQ(table.of("b")->start, seconds(3));
  EXPECT_EQ(before.of("b")->start, seconds(1));
  EXPECT_EQ(table.of("a").pointer(), before.of("a").pointer());
  EXPECT_EQ(*table.of("x"), TrackRun{});
  table.erase("a");
  table.erase("x");
  EXPECT_EQ(*table.of("a"), TrackRun{});
  EXPECT_EQ(table.of("c")->id, "c");
}

TEST(RunTables, ReadBackWhatTheyWrite) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    RandomScene random(seed, Purpose::kReadBack);
    const Scene scene = random.scene();
    const RunState run = random.run_of(scene);
    for (const auto& layer : scene.layers) {
      Reader reader;
      auto read = layer_run_codec().read(layer_run_codec().write(run.layers.of(layer->id)), reader);
      ASSERT_TRUE(read) << reader.faults().front().to_string();
      read->id = layer->id;
      ASSERT_EQ(*read, *run.layers.of(layer->id));
    }
  }
}

// --- States of version 0.1 ---

// As layercast 0.1 wrote them: run state stands inside of layers and sounds.
LiveStateTexts old_texts() {
  return {R"({"scene": {"version": 1, "scene": "old", "canvas": {"width": 64, "height": 36},
               "layers": []},
      "order": ["host", "chat", "box"],
      "audio": [{"id": "music", "source": "a.ogg", "begins": "1h", "animations": [
        {"effect": "volume", "to": 0, "duration": "1s", "start": "2h"}]}],
      "leaving": [{"place": 1, "layer": {"id": "gone", "type": "overlay", "visible": false,
        "content": {"type": "color", "color": "red"}, "start": "1s", "leaves": "50s",
        "exit": [{"effect": "fade", "from": 1, "to": 0, "duration": "5s"}]}}],
      "active": "box",
      "stream": {"width": 64, "height": 36, "fps": 25, "codec": "h264", "preset": "veryfast",
        "bitrate": "6M", "keyframe_interval": "2s"},
      "transmission": "on-air", "epoch": "1700000000000000000",
      "schedule": {"next_number": 1, "waiting": []}})",
          {{"host", R"({"id": "host", "type": "host", "start": "3s", "content": {
              "type": "character", "source": "h.png", "animations": {
                "idle": {"type": "gif", "source": "i.gif"},
                "talk": {"type": "gif", "source": "t.gif"}},
              "state": "talk", "state_before": "idle", "state_start": "20s",
              "state_before_start": "10s", "fade_start": "19.9s"}})"},
           {"chat", R"({"id": "chat", "type": "chat", "start": "0s", "content": {"type": "chat",
              "messages": [{"id": "m-1", "author": "Ana", "text": "hi", "timestamp": "40s"}]}})"},
           {"box", R"({"id": "box", "type": "overlay", "start": "4s", "shown_since": "30s",
              "leaves": "31s", "content": {"type": "color", "color": "blue"},
              "transition": {"duration": "2s"},
              "glide": {"opacity_start": "32s", "opacity": 0.25},
              "animations": [{"effect": "fade", "duration": "1s"},
                             {"effect": "rotate", "to": 9, "duration": "1s", "start": "33s"}]})"}}};
}

TEST(StateVersion1, IsReadAndItsRunStateIsTakenApart) {
  const auto read = live_state_from(old_texts(), 12);
  ASSERT_TRUE(read) << read.error().to_string();
  const LiveState& state = read.value();
  EXPECT_EQ(run_of(state, "host").start, seconds(3));
  EXPECT_EQ(run_of(state, "host").character,
            (CharacterRun{"idle", seconds(20), seconds(10), milliseconds(19'900)}));
  EXPECT_EQ(run_of(state, "chat").messages, (std::vector<MessageRun>{{"m-1", seconds(40)}}));
  const LayerRun& box = run_of(state, "box");
  EXPECT_EQ(box.start, seconds(4));
  EXPECT_EQ(box.shown_since, seconds(30));
  EXPECT_EQ(box.exit_start, seconds(31));
  ASSERT_TRUE(box.transition);
  EXPECT_EQ(box.transition->opacity_start, seconds(32));
  EXPECT_EQ(box.transition->opacity, 0.25);
  EXPECT_EQ(box.animations, (AnimationStarts{std::nullopt, seconds(33)}));
  EXPECT_EQ(state.run.audio.of("music")->start, std::chrono::hours(1));
  EXPECT_EQ(state.run.audio.of("music")->animations, AnimationStarts{std::chrono::hours(2)});
  ASSERT_EQ(state.run.exiting.size(), 1U);
  EXPECT_EQ(state.run.exiting[0].layer->id, "gone");
  EXPECT_EQ(state.run.exiting[0].run->exit_start, seconds(50));
  EXPECT_EQ(state.active, "box");
  // Nothing of it is authored.
  EXPECT_EQ(exported(state), state.scene);
  expect_kept(state);
}

TEST(StateVersion, StandsInEveryHeaderAndANewerOneIsRefusedInALine) {
  LiveStateTexts texts = texts_of(small_state());
  const std::string written = "\"version\":" + std::to_string(kStateVersion);
  const size_t place = texts.header.find(written);
  ASSERT_EQ(place, 1U);
  texts.header.replace(place, written.size(), "\"version\":99");
  const auto read = live_state_from(texts, 1);
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, base::ErrorCode::kUnsupported);
  EXPECT_EQ(read.error().message,
            "a newer version of layercast wrote this state: its version is 99, this one reads "
            "versions up to 2");
}

}  // namespace
}  // namespace layercast::scene
