#include "scene/live/followed_sounds.h"

#include "tests/scene/live_scene.h"

#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using Names = std::vector<std::string>;

LiveState state_with_followers() {
  return first_state(scene_from(R"({"version": 1, "scene": "a",
    "canvas": {"width": 640, "height": 360, "fps": 30},
    "layers": [
      {"id": "film", "type": "visual_feed", "content": {"type": "video", "source": "a.mp4"}},
      {"id": "level", "type": "overlay", "content": {"type": "meter", "of": "film"}},
      {"id": "host", "type": "host", "content": {"type": "character", "source": "a.png",
       "animations": {"talking": {"type": "gif", "source": "t.gif"}},
       "voice": "music", "talking": {}}}],
    "audio": [{"id": "music", "source": "a.wav"}]})"),
                     WallTime{});
}

const MeterContent& meter_of(const LiveState& state, const std::string& id) {
  return std::get<MeterContent>(layer_of(state, id).content);
}

TEST(FollowedSounds, AMeterOfARemovedLayerBecomesSilent) {
  const Applied gone =
      executed(state_with_followers(), command("layers.delete", R"({"id": "film"})"));
  EXPECT_EQ(names_of(gone.events), (Names{"layer.deleted", "layer.updated"}));
  EXPECT_EQ(meter_of(gone.state, "level").of, "none");
  expect_kept(gone.state);
}

TEST(FollowedSounds, ACharacterLosesTheVoiceOfARemovedSound) {
  const Applied gone =
      executed(state_with_followers(), command("audio.remove", R"({"id": "music"})"));
  EXPECT_EQ(names_of(gone.events), (Names{"audio.removed", "layer.updated"}));
  const auto& host = std::get<CharacterContent>(layer_of(gone.state, "host").content);
  EXPECT_EQ(host.voice, std::nullopt);
  EXPECT_TRUE(host.talking.has_value());
  expect_kept(gone.state);
}

TEST(FollowedSounds, ASoundWithTheIdOfARemovedLayerIsStillFollowed) {
  const LiveState both =
      executed(state_with_followers(), command("audio.add", R"({"audio": {"id": "film",
                                          "source": "b.wav"}})"))
          .state;
  const Applied gone = executed(both, command("layers.delete", R"({"id": "film"})"));
  EXPECT_EQ(meter_of(gone.state, "level").of, "film");
}

TEST(FollowedSounds, AFixedNameIsNotThatOfARemovedLayerOrSound) {
  LiveState state = state_with_followers();
  for (const auto& [method, params] :
       {std::pair{"layers.update", R"({"id": "level", "patch": {"content": {"of": "program"}}})"},
        std::pair{"layers.update", R"({"id": "host", "patch": {"content": {"voice": "program"}}})"},
        std::pair{"audio.add", R"({"audio": {"id": "program", "source": "b.wav"}})"},
        std::pair{"layers.create", R"({"layer": {"id": "program", "type": "overlay",
                                       "content": {"type": "color", "color": "red"}}})"}}) {
    state = executed(state, command(method, params)).state;
  }
  for (const char* method : {"layers.delete", "audio.remove"}) {
    const Applied gone = executed(state, command(method, R"({"id": "program"})"));
    EXPECT_EQ(gone.events.size(), 1U) << method;
    state = gone.state;
    EXPECT_EQ(meter_of(state, "level").of, "program") << method;
    const auto& host = std::get<CharacterContent>(layer_of(state, "host").content);
    EXPECT_EQ(host.voice, "program") << method;
  }
}

TEST(FollowedSounds, WhatDoesNotExistIsRefused) {
  const LiveState state = state_with_followers();
  const auto refused = [&](const char* method, const char* params, const std::string& pointer) {
    const auto outcome = apply(state, command(method, params), kNow);
    ASSERT_FALSE(outcome) << params;
    EXPECT_EQ(outcome.error().error.code, base::ErrorCode::kInvalidInput) << params;
    ASSERT_FALSE(outcome.error().faults.empty()) << params;
    EXPECT_EQ(outcome.error().faults[0].pointer, pointer) << params;
  };
  refused(
      "layers.create",
      R"({"layer": {"id": "m", "type": "overlay", "content": {"type": "meter", "of": "musik"}}})",
      "/layer/content/of");
  refused("layers.update", R"({"id": "level", "patch": {"content": {"of": "musik"}}})",
          "/patch/content/of");
  refused(
      "layers.replace",
      R"({"id": "level", "layer": {"type": "overlay", "content": {"type": "meter", "of": "x"}}})",
      "/layer/content/of");
  refused("layers.update", R"({"id": "host", "patch": {"content": {"voice": "musik"}}})",
          "/patch/content/voice");
}

TEST(FollowedSounds, APatchChangesTheMeter) {
  const Applied after = executed(
      state_with_followers(),
      command("layers.update",
              R"({"id": "level", "patch": {"content": {"of": "music", "style": "ring"}}})"));
  EXPECT_EQ(meter_of(after.state, "level").of, "music");
  EXPECT_EQ(meter_of(after.state, "level").style, MeterStyle::kRing);
}

// Single commands would refuse the meter before its sound is there.
TEST(FollowedSounds, ADifferenceThatAddsTheSoundReplacesTheScene) {
  const LiveState live = state_with_followers();
  Scene wanted = live.scene;
  AudioTrack voice;
  voice.id = "voice";
  voice.source = "v.wav";
  wanted.audio.push_back(voice);
  EXPECT_TRUE(std::holds_alternative<AddTrack>(changes_between(live.scene, wanted).at(0)));
  std::get<MeterContent>(wanted.layers[1].edit().content).of = "voice";
  const auto changes = changes_between(live.scene, wanted);
  ASSERT_EQ(changes.size(), 1U);
  EXPECT_TRUE(std::holds_alternative<ReplaceScene>(changes[0]));
  EXPECT_EQ(executed(live, changes[0]).state.scene, wanted);
}

}  // namespace
}  // namespace layercast::scene
