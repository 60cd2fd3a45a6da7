#include "scene/live/character.h"

#include "scene/live/command.h"
#include "scene/live/phases.h"
#include "tests/scene/live_scene.h"

#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <optional>
#include <string>

namespace layercast::scene {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::Duration kShown = seconds(2);

LiveState host_state() {
  LiveState state = first_state(scene_from(R"({"version": 1, "scene": "small",
    "canvas": {"width": 640, "height": 360, "fps": 30},
    "layers": [
      {"id": "host", "type": "host", "content": {"type": "character", "source": "host.png",
       "cross_fade": "200ms", "animations": {
         "idle": {"type": "gif", "source": "idle.gif"},
         "wave": {"type": "gif", "source": "wave.gif"},
         "talking": {"type": "sprite", "source": "talk.png", "sprite": {"columns": 4}}}}}]})"),
                                WallTime{base::Duration{1'700'000'000'000'000'000}});
  LayerRun run = *state.run.layers.of("host");
  run.start = kShown;
  state.run.layers.set(std::move(run));
  return state;
}

LiveState with_state(const LiveState& before, const std::string& state, base::Duration now) {
  const std::string value = state.empty() ? "null" : "\"" + state + "\"";
  return executed(before,
                  command("layers.update",
                          R"({"id": "host", "patch": {"content": {"state": )" + value + "}}}"),
                  now)
      .state;
}

const CharacterContent& character_of(const LiveState& state) {
  return std::get<CharacterContent>(state.scene.layers[0]->content);
}
const CharacterRun& character_run(const LiveState& state) {
  return run_of(state, "host").character;
}

void set_start(LiveState& state, std::optional<base::Duration> start) {
  LayerRun run = run_of(state, "host");
  run.start = start;
  state.run.layers.set(std::move(run));
}

TEST(CharacterStates, ANewStateBeginsWhenItIsSetAndFadesFromTheOneBefore) {
  LiveState state = with_state(host_state(), "idle", seconds(10));
  EXPECT_EQ(character_of(state).state, "idle");
  EXPECT_EQ(character_run(state).state_before, std::nullopt);  // the source
  EXPECT_EQ(character_run(state).state_start, seconds(10));
  EXPECT_EQ(character_run(state).state_before_start, std::nullopt);
  state = with_state(state, "talking", seconds(20));
  EXPECT_EQ(character_run(state).state_before, "idle");
  EXPECT_EQ(character_run(state).state_start, seconds(20));
  EXPECT_EQ(character_run(state).state_before_start, seconds(10));
  EXPECT_EQ(character_run(state).fade_start, std::nullopt);
  state = with_state(state, "", seconds(30));
  EXPECT_EQ(character_of(state).state, std::nullopt);
  EXPECT_EQ(character_run(state).state_before, "talking");
  EXPECT_EQ(character_run(state).state_before_start, seconds(20));
  EXPECT_EQ(run_of(state, "host").start, kShown);
}

TEST(CharacterStates, AStateStaysThroughChangesOfAnythingElse) {
  const LiveState state = with_state(host_state(), "idle", seconds(10));
  const LiveState same = with_state(state, "idle", seconds(11));
  EXPECT_EQ(same, state);
  const LiveState faded =
      executed(
          state,
          command("layers.update",
                  R"({"id": "host", "patch": {"opacity": 0.5, "content": {"texture": "t.png"}}})"),
          seconds(12))
          .state;
  EXPECT_EQ(character_run(faded).state_start, seconds(10));
  // A whole layer that names the same state keeps it.
  Layer wanted = host_state().scene.layers[0];
  std::get<CharacterContent>(wanted.content).state = "idle";
  EXPECT_EQ(run_after(running(state, "host"), wanted, seconds(15)).character, character_run(state));
}

TEST(CharacterStates, OneThatComesBackWhileItFadesGoesOnAndTheFadeTurnsRound) {
  LiveState state = with_state(host_state(), "idle", seconds(5));
  state = with_state(state, "talking", seconds(10));
  // After 50 of 200 ms a quarter of the talking shows, as it does 50 ms before the fade back ends.
  state = with_state(state, "idle", seconds(10) + milliseconds(50));
  EXPECT_EQ(character_run(state).state_start, seconds(5));
  EXPECT_EQ(character_run(state).state_before, "talking");
  EXPECT_EQ(character_run(state).state_before_start, seconds(10));
  EXPECT_EQ(character_run(state).fade_start, seconds(10) + milliseconds(50 - 150));
  // And once more, in the middle of that: three eighths.
  state = with_state(state, "talking", seconds(10) + milliseconds(75));
  EXPECT_EQ(character_run(state).state_start, seconds(10));
  EXPECT_EQ(character_run(state).state_before_start, seconds(5));
  EXPECT_EQ(character_run(state).fade_start, seconds(10) + milliseconds(75 - 25));
}

TEST(CharacterStates, TheSourceThatComesBackWhileItFadesGoesOnFromTheLayersStart) {
  LiveState state = with_state(host_state(), "talking", seconds(10));
  state = with_state(state, "", seconds(10) + milliseconds(100));
  EXPECT_EQ(character_run(state).state_start, kShown);
  EXPECT_EQ(character_run(state).state_before, "talking");
  EXPECT_EQ(character_run(state).fade_start, seconds(10));
}

TEST(CharacterStates, AThirdOneFadesFromWhatShowsMore) {
  LiveState state = with_state(host_state(), "idle", seconds(5));
  state = with_state(state, "talking", seconds(10));
  const LiveState early = with_state(state, "wave", seconds(10) + milliseconds(50));
  EXPECT_EQ(character_run(early).state_before, "idle");
  EXPECT_EQ(character_run(early).state_before_start, seconds(5));
  EXPECT_EQ(character_run(early).state_start, seconds(10) + milliseconds(50));
  const LiveState late = with_state(state, "wave", seconds(10) + milliseconds(150));
  EXPECT_EQ(character_run(late).state_before, "talking");
  EXPECT_EQ(character_run(late).state_before_start, seconds(10));
}

TEST(CharacterStates, ALayerThatIsYetToBeShownBeginsWithItsState) {
  LiveState state = host_state();
  state.scene.layers[0].edit().visible = false;
  set_start(state, std::nullopt);
  state = with_state(state, "idle", seconds(10));
  EXPECT_EQ(character_of(state).state, "idle");
  EXPECT_EQ(character_run(state).state_start, std::nullopt);
  state = executed(state, command("layers.update", R"({"id": "host", "patch": {"visible": true}})"),
                   seconds(12))
              .state;
  EXPECT_EQ(run_of(state, "host").start, seconds(12));
  EXPECT_EQ(character_run(state).state_start, std::nullopt);
}

TEST(CharacterStates, TheDifferenceToASceneFileIsTheStateAlone) {
  const LiveState state = with_state(host_state(), "idle", seconds(10));
  Scene wanted = host_state().scene;
  std::get<CharacterContent>(wanted.layers[0].edit().content).state = "idle";
  EXPECT_TRUE(changes_between(state.scene, wanted).empty());
  std::get<CharacterContent>(wanted.layers[0].edit().content).state = "wave";
  const auto commands = changes_between(state.scene, wanted);
  ASSERT_EQ(commands.size(), 1U);
  EXPECT_EQ(std::get<UpdateLayer>(commands[0]).patch.document,
            json(R"({"content": {"state": "wave"}})"));
}

}  // namespace
}  // namespace layercast::scene
