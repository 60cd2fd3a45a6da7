#include "scene/eval/sound.h"

#include "tests/scene/live_scene.h"

#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;
using std::chrono::milliseconds;
using std::chrono::seconds;
using Names = std::vector<std::string>;

base::SceneTime at(double time) { return {static_cast<int64_t>(time * 1000), 1000}; }

AudioTrack track_from(std::string_view text) {
  Reader reader;
  auto track = audio_codec().read(json(text), reader);
  for (const Fault& fault : reader.faults()) ADD_FAILURE() << fault.to_string();
  return track ? *std::move(track) : AudioTrack{};
}

Layer layer_from(std::string_view text) {
  Reader reader;
  auto layer = layer_codec().read(json(text), reader);
  for (const Fault& fault : reader.faults()) ADD_FAILURE() << fault.to_string();
  return layer ? *std::move(layer) : Layer{};
}

const TrackRun kNotRun;

// --- What is heard at an instant ---

TEST(Sound, TrackFadesInAndOut) {
  const AudioTrack track = track_from(
      R"({"id": "a", "source": "a.wav", "volume": 2, "delay": "1s", "fade_in": "2s",
          "fade_out": "1s"})");
  EXPECT_EQ(sound_of({track, kNotRun}).begins, seconds(1));
  EXPECT_EQ(volume_at({track, kNotRun}, at(1), std::nullopt), 0);
  EXPECT_EQ(volume_at({track, kNotRun}, at(2), std::nullopt), 1);
  EXPECT_EQ(volume_at({track, kNotRun}, at(9), std::nullopt), 2);
  EXPECT_EQ(volume_at({track, kNotRun}, at(9.5), seconds(10)), 1);
  EXPECT_EQ(volume_at({track, kNotRun}, at(10), seconds(10)), 0);
  EXPECT_EQ(volume_at({track, kNotRun}, at(11), seconds(10)), 0);
}

TEST(Sound, AnimationsMultiplyAndCountFromTheTracksBeginning) {
  const AudioTrack track = track_from(
      R"({"id": "a", "source": "a.wav", "delay": "1s", "animations": [
          {"effect": "volume", "from": 1, "to": 0, "duration": "4s"},
          {"effect": "keyframes", "duration": "4s", "keyframes": [
            {"at": 0.5, "volume": 3}, {"at": 1, "opacity": 0}]}]})");
  EXPECT_EQ(volume_at({track, kNotRun}, at(1), std::nullopt), 1);
  EXPECT_EQ(volume_at({track, kNotRun}, at(2), std::nullopt), 0.75 * 2);
  EXPECT_EQ(volume_at({track, kNotRun}, at(3), std::nullopt), 0.5 * 3);
  EXPECT_EQ(volume_at({track, kNotRun}, at(4), std::nullopt), 0.25 * 2);
  EXPECT_EQ(volume_at({track, kNotRun}, at(9), std::nullopt), 0);
}

TEST(Sound, LayerIsHeardWhileItShows) {
  Layer layer = layer_from(
      R"({"id": "a", "type": "overlay", "content": {"type": "video", "source": "a.mp4",
          "volume": 0.5},
          "exit": [{"effect": "volume", "from": 1, "to": 0, "duration": "1s"}]})");
  LayerRun run;
  run.start = seconds(2);
  EXPECT_EQ(sound_of({layer, run})->begins, seconds(2));
  EXPECT_EQ(volume_at({layer, run}, at(3)), 0.5);
  layer.visible = false;
  EXPECT_EQ(volume_at({layer, run}, at(3)), 0);
  run.exit_start = seconds(3);
  EXPECT_EQ(volume_at({layer, run}, at(3)), 0.5);
  EXPECT_EQ(volume_at({layer, run}, at(3.5)), 0.25);
  EXPECT_EQ(volume_at({layer, run}, at(4)), 0);
  EXPECT_EQ(volume_at({layer, run}, at(100)), 0);
  layer.visible = true;
  std::get<VideoContent>(layer.content).mute = true;
  EXPECT_EQ(volume_at({layer, run}, at(3)), 0);
}

TEST(Sound, CharacterIsHeardInItsState) {
  Layer layer = layer_from(
      R"({"id": "a", "type": "host", "content": {"type": "character", "source": "a.png",
          "animations": {"talking": {"type": "video", "source": "talk.mp4", "loop": true}}}})");
  LayerRun run;
  EXPECT_EQ(sound_of({layer, run}), std::nullopt);
  EXPECT_EQ(volume_at({layer, run}, at(1)), 0);
  auto& character = std::get<CharacterContent>(layer.content);
  character.state = "talking";
  run.character.state_start = seconds(5);
  ASSERT_TRUE(sound_of({layer, run}));
  EXPECT_EQ(sound_of({layer, run})->source, "talk.mp4");
  EXPECT_EQ(sound_of({layer, run})->begins, seconds(5));
  EXPECT_EQ(volume_at({layer, run}, at(6)), 1);
}

// --- Commands ---

const AudioTrack& track_of(const LiveState& state, const std::string& id) {
  const auto track = std::ranges::find(state.scene.audio, id, &AudioTrack::id);
  EXPECT_NE(track, state.scene.audio.end()) << id;
  static const AudioTrack kNone;
  return track == state.scene.audio.end() ? kNone : *track;
}

const TrackRun& track_run(const LiveState& state, const std::string& id) {
  return *state.run.audio.of(id);
}

LiveState with_music() {
  return executed(small_state(), command("audio.add", R"({"audio": {"id": "music",
      "source": "a.ogg", "loop": true, "duck_under": "film"}})"))
      .state;
}

TEST(AudioCommands, AddNamesAndBegins) {
  const Applied added =
      executed(small_state(), command("audio.add", R"({"audio": {"source": "a.wav"}})"));
  ASSERT_EQ(names_of(added.events), Names{"audio.added"});
  const AudioTrack& track = track_of(added.state, "audio-1");
  EXPECT_EQ(track_run(added.state, "audio-1").start, kNow);
  EXPECT_EQ(added.result, audio_codec().write(track));
  EXPECT_EQ(*added.events[0].params.find("audio"), added.result);
}

TEST(AudioCommands, VolumeChangesWithoutBeginningAnew) {
  const LiveState before = with_music();
  const Applied changed = executed(
      before, command("audio.update", R"({"id": "music", "patch": {"volume": 0.25, "animations":
        [{"effect": "volume", "to": 0, "duration": "1s"}]}})"),
      kNow + seconds(5));
  EXPECT_EQ(names_of(changed.events), Names{"audio.updated"});
  const AudioTrack& track = track_of(changed.state, "music");
  EXPECT_EQ(track_run(changed.state, "music").start, kNow);
  EXPECT_EQ(track.volume, 0.25);
  EXPECT_EQ(track_run(changed.state, "music").animations.at(0), kNow + seconds(5));
  const Applied again = executed(
      changed.state, command("audio.update", R"({"id": "music", "patch": {"mute": true}})"),
      kNow + seconds(9));
  EXPECT_EQ(track_run(again.state, "music").animations.at(0), kNow + seconds(5));
  const Applied other = executed(
      again.state, command("audio.update", R"({"id": "music", "patch": {"source": "b.ogg"}})"),
      kNow + seconds(20));
  EXPECT_EQ(track_run(other.state, "music").start, kNow + seconds(20));
}

TEST(AudioCommands, RestartStartsTheSoundAgain) {
  const Applied again =
      executed(with_music(), command("audio.restart", R"({"id": "music"})"), kNow + seconds(5));
  EXPECT_EQ(names_of(again.events), Names{"audio.updated"});
  EXPECT_EQ(track_run(again.state, "music").start, kNow + seconds(5));
  EXPECT_EQ(again.state.scene, with_music().scene);
}

TEST(AudioCommands, WhatIsWrongIsRefused) {
  const LiveState state = with_music();
  const auto refused = [&](const char* method, const char* params, base::ErrorCode code,
                           const std::string& pointer) {
    const auto outcome = apply(state, command(method, params), kNow);
    ASSERT_FALSE(outcome) << params;
    const Refusal& refusal = outcome.error();
    EXPECT_EQ(refusal.error.code, code) << params;
    ASSERT_FALSE(refusal.faults.empty()) << params;
    EXPECT_EQ(refusal.faults[0].pointer, pointer) << params;
  };
  using base::ErrorCode;
  refused("audio.add", R"({"audio": {"id": "music", "source": "a"}})", ErrorCode::kConflict,
          "/audio/id");
  refused("audio.add", R"({"audio": {"source": "a", "duck_under": "films"}})",
          ErrorCode::kInvalidInput, "/audio/duck_under");
  refused("audio.update", R"({"id": "music", "patch": {"volume": 11}})", ErrorCode::kInvalidInput,
          "/patch/volume");
  refused("audio.update", R"({"id": "music", "patch": {"id": "x"}})", ErrorCode::kInvalidInput,
          "/patch/id");
  refused("audio.remove", R"({"id": "musik"})", ErrorCode::kNotFound, "/id");
}

TEST(AudioCommands, ALayerThatGoesIsNoLongerDuckedUnder) {
  const Applied gone = executed(with_music(), command("layers.delete", R"({"id": "film"})"));
  EXPECT_EQ(names_of(gone.events), (Names{"layer.deleted", "audio.updated"}));
  EXPECT_EQ(track_of(gone.state, "music").duck_under, std::nullopt);
}

TEST(AudioCommands, StateIsKeptAndReadBack) {
  const LiveState state = with_music();
  expect_kept(state);
}

TEST(AudioCommands, DifferencesLeadFromOneSceneToTheOther) {
  const LiveState live = with_music();
  Scene wanted = live.scene;
  EXPECT_TRUE(changes_between(live.scene, wanted).empty());
  wanted.audio[0].volume = 0.5;
  wanted.audio.push_back(track_from(R"({"id": "bell", "source": "b.wav"})"));
  const auto commands = changes_between(live.scene, wanted);
  ASSERT_EQ(commands.size(), 2);
  EXPECT_TRUE(std::holds_alternative<UpdateTrack>(commands[0]));
  EXPECT_TRUE(std::holds_alternative<AddTrack>(commands[1]));
  LiveState state = live;
  for (const Change& each : commands) state = executed(state, each, kNow + seconds(3)).state;
  EXPECT_EQ(track_run(state, "music").start, kNow);
  EXPECT_EQ(track_run(state, "bell").start, kNow + seconds(3));
  EXPECT_TRUE(changes_between(state.scene, wanted).empty());
  wanted.audio.erase(wanted.audio.begin());
  EXPECT_TRUE(std::holds_alternative<RemoveTrack>(changes_between(state.scene, wanted).at(0)));
}

TEST(AudioCommands, SceneThatIsReplacedPlaysOn) {
  const LiveState live = with_music();
  Scene wanted = live.scene;
  wanted.audio[0].mute = true;
  const Applied replaced = executed(
      live,
      {"scene.replace", Value::object().add("scene", scene_document(wanted, Secrets::kShown))},
      kNow + seconds(7));
  EXPECT_EQ(track_run(replaced.state, "music").start, kNow);
  EXPECT_TRUE(track_of(replaced.state, "music").mute);
}

TEST(AudioTable, DucksUnderALayerOfTheScene) {
  Reader reader;
  [[maybe_unused]] const auto scene = scene_codec().read(json(R"({"version": 1, "scene": "a",
      "canvas": {"width": 64, "height": 36},
      "layers": [{"id": "talk", "type": "overlay", "content": {"type": "color", "color": "red"}}],
      "audio": [{"id": "a", "source": "a.wav", "duck_under": "talk"},
                {"id": "b", "source": "a.wav", "duck_under": "tall"}]})"),
                                                         reader);
  ASSERT_EQ(reader.faults().size(), 1);
  EXPECT_EQ(reader.faults()[0].path, "audio[1].duck_under");
  EXPECT_NE(reader.faults()[0].expected.find("\"talk\""), std::string::npos);
}

}  // namespace
}  // namespace layercast::scene
