#include "scene/live/command.h"

#include "base/redaction.h"
#include "scene/live/chat.h"
#include "scene/wire/content_tables.h"
#include "tests/scene/live_scene.h"

#include <algorithm>
#include <chrono>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;
using base::ErrorCode;
using std::chrono::seconds;
using Names = std::vector<std::string>;

// The state after commands that are all executed, each second one.
LiveState after(LiveState state, const std::vector<CommandDocument>& commands) {
  Duration now = kNow;
  for (const CommandDocument& each : commands) {
    state = executed(state, each, now).state;
    now += seconds(1);
  }
  return state;
}

struct Wrong {
  CommandDocument command;
  ErrorCode code;
  std::vector<std::pair<std::string, std::string>> faults;  ///< pointer, and a part of the detail
};

void expect_refused(const LiveState& state, const std::vector<Wrong>& cases) {
  for (const Wrong& each : cases) {
    const auto outcome = apply(state, each.command, kNow);
    const std::string name = each.command.method + write_json(each.command.params, 0);
    ASSERT_FALSE(outcome) << name;
    const Refusal& refusal = outcome.error();
    EXPECT_EQ(refusal.error.code, each.code) << name << refusal.error.to_string();
    EXPECT_FALSE(refusal.error.message.empty());
    ASSERT_EQ(refusal.faults.size(), each.faults.size()) << name << refusal.error.to_string();
    for (size_t i = 0; i < each.faults.size(); ++i) {
      EXPECT_EQ(refusal.faults[i].pointer, each.faults[i].first) << name;
      EXPECT_NE(refusal.faults[i].detail.find(each.faults[i].second), std::string::npos)
          << name << "\n"
          << refusal.faults[i].detail;
    }
  }
}

constexpr auto kInvalid = ErrorCode::kInvalidInput;

// --- Layers ---

TEST(CreateLayer, NamesItPutsItOnTopAndStartsIt) {
  const LiveState before = small_state();
  const Applied applied = executed(before, command("layers.create", R"({"layer": {"type":
      "visual_feed", "content": {"type": "image", "source": "a.png"}}})"));
  EXPECT_EQ(applied.state.revision, before.revision + 1);
  ASSERT_EQ(applied.state.scene.layers.size(), 4);
  const Layer& layer = applied.state.scene.layers.back();
  EXPECT_EQ(layer.id, "visual-feed-1");
  EXPECT_EQ(layer.z_index, 8);
  EXPECT_EQ(run_of(applied.state, layer.id).start, kNow);
  EXPECT_EQ(applied.result, layer_document(layer, Secrets::kShown));
  ASSERT_EQ(names_of(applied.events), Names{"layer.created"});
  EXPECT_EQ(*applied.events[0].params.find("layer"), layer_document(layer, Secrets::kShown));
}

TEST(CreateLayer, TheFirstFreeNumberIsTaken) {
  const auto create = [](const std::string& id, const std::string& color) {
    return command("layers.create", R"({"layer": {)" + id +
                                        R"("type": "overlay", "content": {"type": "color",
                   "color": ")" + color +
                                        "\"}}}");
  };
  const LiveState state =
      after(small_state(),
            {create(R"("id": "overlay-1", )", "red"), create(R"("id": "overlay-3", )", "red"),
             create("", "green"), create("", "blue"), create("", "tan")});
  Names ids;
  for (const auto& layer : state.scene.layers) ids.push_back(layer->id);
  EXPECT_EQ(ids, (Names{"back", "title", "film", "overlay-1", "overlay-3", "overlay-2", "overlay-4",
                        "overlay-5"}));
}

TEST(CreateLayer, ATwinWithoutIdIsTheOneThatIsThere) {
  const LiveState before = small_state();
  const std::string content =
      R"("type": "overlay", "content": {"type": "color", "color": "#102030"})";
  const Applied same =
      executed(before, command("layers.create", R"({"layer": {)" + content + "}}"));
  EXPECT_EQ(same.state, before);
  EXPECT_TRUE(same.events.empty());
  EXPECT_EQ(same.result, layer_document(before.scene.layers[0], Secrets::kShown));
  const Applied named =
      executed(before, command("layers.create", R"({"layer": {"id": "twin", )" + content + "}}"));
  EXPECT_EQ(named.state.scene.layers.size(), 4);
}

TEST(CreateLayer, AHiddenOneStartsWhenItIsFirstShown) {
  LiveState state = executed(small_state(), command("layers.create", R"({"layer": {"id": "x",
      "type": "overlay", "visible": false, "content": {"type": "color", "color": "red"}}})"))
                        .state;
  EXPECT_EQ(run_of(state, "x").start, std::nullopt);
  const auto show = [&](bool is_shown, int now) {
    state = executed(state,
                     command("layers.update", std::string(R"({"id": "x", "patch": {"visible": )") +
                                                  (is_shown ? "true}}" : "false}}")),
                     seconds(now))
                .state;
  };
  show(true, 20);
  EXPECT_EQ(run_of(state, "x").start, seconds(20));
  show(false, 30);
  show(true, 40);
  EXPECT_EQ(run_of(state, "x").start, seconds(20));
}

TEST(CreateLayer, IsRefusedWithEveryFault) {
  const std::string color = R"("type": "overlay", "content": {"type": "color", "color": "red"})";
  expect_refused(
      small_state(),
      {{command("layers.create"), kInvalid, {{"", "\"layer\" is missing"}}},
       {command("layers.create", R"({"layer": 3, "layr": 4})"),
        kInvalid,
        {{"/layer", "got a number"}, {"/layr", "did you mean \"layer\""}}},
       {command("layers.create", R"({"layer": 3})"), kInvalid, {{"/layer", "got a number"}}},
       {command("layers.create", R"({"layer": {"type": "overlay", "opacity": 2,
                "content": {"type": "text", "text": "", "style": {"padding": [1, 2, "x", 4]}}}})"),
        kInvalid,
        {{"/layer/opacity", "2 is above 1"}, {"/layer/content/style/padding/2", "got a string"}}},
       {command("layers.create", R"({"layer": {"type": "visual_feed", "content": {"type": "image",
                "source": "a", "metadata": {"a/b~c": []}}}})"),
        kInvalid,
        {{"/layer/content/metadata/a~1b~0c", "got a list"}}},
       {command("layers.create", R"({"layer": {"type": "overlai", "content": 1}})"),
        kInvalid,
        {{"/layer/type", "did you mean \"overlay\""}, {"/layer/content", "a number"}}},
       {command("layers.create", R"({"layer": {"id": "title", )" + color + "}}"),
        ErrorCode::kConflict,
        {{"/layer/id", "already the id"}}}});
}

TEST(CreateLayer, StopsAtTheLimit) {
  LiveState state = small_state();
  while (state.scene.layers.size() < limits::kLayersMax) {
    Layer layer = state.scene.layers.front();
    layer.id = "l" + std::to_string(state.scene.layers.size());
    state.scene.layers.push_back(layer);
  }
  expect_refused(state, {{command("layers.create", R"({"layer": {"type": "overlay", "content":
                          {"type": "color", "color": "red"}}})"),
                          ErrorCode::kLimit,
                          {{"/layer", "1000 layers"}}}});
}

TEST(UpdateLayer, IsAMergePatch) {
  const LiveState before = small_state();
  const Applied applied = executed(before, command("layers.update", R"({"id": "title", "patch":
      {"opacity": 0.25, "z_index": null, "content": {"text": "bye", "style": {"color": "red"}}}})"));
  Layer expected = layer_of(before, "title");
  expected.opacity = 0.25;
  expected.z_index = 0;
  auto& content = std::get<TextContent>(expected.content);
  content.text = "bye";
  content.style.color = base::Color{255, 0, 0, 255};
  EXPECT_EQ(layer_of(applied.state, "title"), expected);
  ASSERT_EQ(names_of(applied.events), Names{"layer.updated"});
  EXPECT_EQ(applied.events[0].params.find("id")->text, "title");
  EXPECT_EQ(applied.result, layer_document(expected, Secrets::kShown));
}

TEST(UpdateLayer, WithoutDifferenceIsNoChange) {
  const LiveState before = small_state();
  const Applied same = executed(
      before,
      command("layers.update", R"({"id": "title", "patch": {"opacity": 1, "id": "title"}})"));
  EXPECT_EQ(same.state, before);
  EXPECT_TRUE(same.events.empty());
}

TEST(UpdateLayer, IsRefusedWithEveryFault) {
  expect_refused(
      small_state(),
      {{command("layers.update"),
        kInvalid,
        {{"", "\"id\" is missing"}, {"", "\"patch\" is missing"}}},
       {command("layers.update", R"({"id": 3, "patch": {}})"), kInvalid, {{"/id", "a number"}}},
       {command("layers.update", R"({"id": "titel", "patch": {}})"),
        ErrorCode::kNotFound,
        {{"/id", "there is no layer \"titel\"; did you mean \"title\"?"}}},
       {command("layers.update", R"({"id": "title", "patch": []})"),
        kInvalid,
        {{"/patch", "a list"}}},
       {command("layers.update", R"({"id": "title", "patch": {"id": "other"}})"),
        kInvalid,
        {{"/patch/id", "cannot change"}}},
       {command("layers.update",
                R"({"id": "title", "patch": {"content": {"text": null}, "opacty": 1}})"),
        kInvalid,
        {{"/patch/content", "\"text\" is missing"}, {"/patch/opacty", "did you mean \"opacity\""}}},
       {command("layers.update", R"({"id": "film", "patch": {"type": "chat"}})"),
        kInvalid,
        {{"/patch/content/type", "cannot hold video"}}}});
}

TEST(ReplaceLayer, KeepsWhatIsUnchangedInPhase) {
  LiveState state =
      executed(small_state(), command("layers.animate", R"({"id": "title", "animation":
      {"effect": "rotate", "to": 90, "duration": "1s"}})"))
          .state;
  state = executed(state, command("layers.replace", R"({"id": "title", "layer": {"type": "overlay",
      "content": {"type": "text", "text": "new"}, "animations": [
      {"effect": "scale", "to": 2, "duration": "1s"},
      {"effect": "rotate", "to": 90, "duration": "1s"},
      {"effect": "fade", "from": 0, "to": 1, "duration": "2s"}]}})"),
                   seconds(30))
              .state;
  const Layer& layer = layer_of(state, "title");
  EXPECT_EQ(layer.id, "title");
  EXPECT_EQ(run_of(state, "title").start, seconds(0));
  EXPECT_EQ(layer.z_index, 0);
  ASSERT_EQ(layer.animations.size(), 3);
  EXPECT_EQ(run_of(state, "title").animations.at(0), seconds(30));
  EXPECT_EQ(run_of(state, "title").animations.at(1), kNow);
  EXPECT_EQ(run_of(state, "title").animations.at(2), std::nullopt);
  expect_refused(state,
                 {{command("layers.replace", R"({"id": "title", "layer": {"id": "a"}})"),
                   kInvalid,
                   {{"/layer", "\"type\" is missing"},
                    {"/layer", "\"content\" is missing"},
                    {"/layer/id", "cannot change"}}},
                  {command("layers.replace", R"({"id": "title", "layer": {}})"),
                   kInvalid,
                   {{"/layer", "\"type\" is missing"}, {"/layer", "\"content\" is missing"}}},
                  {command("layers.replace", R"({"id": "x", "layer": {"type": "overlay", "content":
                           {"type": "color", "color": "red"}}})"),
                   ErrorCode::kNotFound,
                   {{"/id", "no layer \"x\""}}}});
}

TEST(Phases, AnotherFileOfAVideoStartsItAndLeavesAnimationsAsTheyAre) {
  const auto update = [](const std::string& patch) {
    return command("layers.update", R"({"id": "film", "patch": )" + patch + "}");
  };
  LiveState state = small_state();
  state = executed(state, update(R"({"visible": true, "animations":
      [{"effect": "fade", "to": 0.5, "duration": "1s"}]})"),
                   seconds(5))
              .state;
  EXPECT_EQ(run_of(state, "film").start, seconds(5));
  EXPECT_EQ(run_of(state, "film").animations.at(0), std::nullopt);
  // The same file goes on.
  state =
      executed(state, update(R"({"content": {"loop": true}, "opacity": 0.5})"), seconds(6)).state;
  EXPECT_EQ(run_of(state, "film").start, seconds(5));
  state = executed(state, update(R"({"content": {"source": "b.mp4"}})"), seconds(7)).state;
  EXPECT_EQ(run_of(state, "film").start, seconds(7));
  EXPECT_EQ(run_of(state, "film").animations.at(0), seconds(5));
  // Hidden: it begins when it is shown.
  state =
      executed(state, update(R"({"content": {"source": "c.mp4"}, "visible": false})"), seconds(8))
          .state;
  EXPECT_EQ(run_of(state, "film").start, std::nullopt);
  state = executed(state, update(R"({"visible": true})"), seconds(9)).state;
  EXPECT_EQ(run_of(state, "film").start, seconds(9));
  EXPECT_EQ(run_of(state, "film").animations.at(0), seconds(5));
}

// ---- Masks ----

CommandDocument with_mask(const std::string& id, const std::string& mask) {
  return command("layers.update", R"({"id": ")" + id + R"(", "patch": {"mask": )" + mask + "}}");
}

TEST(LayerMasks, AreSetAndRemovedByPatch) {
  const LiveState before = small_state();
  const LiveState image = after(before, {with_mask("title", R"({"source": "m.png"})")});
  EXPECT_EQ(layer_of(image, "title").mask, (Mask{"m.png", std::nullopt, Mask::Mode::kAlpha}));
  const LiveState layer =
      after(image, {with_mask("title", R"({"source": null, "layer": "back", "mode": "luma"})")});
  EXPECT_EQ(layer_of(layer, "title").mask, (Mask{std::nullopt, "back", Mask::Mode::kLuma}));
  EXPECT_EQ(layer_of(after(layer, {with_mask("title", "null")}), "title").mask, std::nullopt);
}

TEST(LayerMasks, AreRefusedIfTheyCannotBeDrawn) {
  const LiveState state = after(small_state(), {with_mask("title", R"({"layer": "back"})")});
  expect_refused(state,
                 {{with_mask("film", R"({"layer": "titel"})"),
                   kInvalid,
                   {{"/patch/mask/layer", "did you mean \"title\""}}},
                  {with_mask("back", R"({"layer": "title"})"),
                   kInvalid,
                   {{"/patch/mask/layer", "its own mask: back → title → back"}}},
                  {command("layers.create", R"({"layer": {"type": "overlay", "mask": {"layer": "x"},
                "content": {"type": "color", "color": "tan"}}})"),
                   kInvalid,
                   {{"/layer/mask/layer", "there is no layer \"x\""}}}});
}

TEST(LayerMasks, KeepTheirLayer) {
  const LiveState state = after(small_state(), {with_mask("title", R"({"layer": "back"})")});
  expect_refused(state, {{command("layers.delete", R"({"id": "back"})"),
                          ErrorCode::kConflict,
                          {{"/id", "the mask of \"title\""}}}});
  const LiveState free = after(state, {with_mask("title", "null")});
  EXPECT_EQ(after(free, {command("layers.delete", R"({"id": "back"})")}).scene.layers.size(), 2U);
}

// The mask layer comes after its layer in the file, and a layer that goes was a mask.
TEST(LayerMasks, AreReachedByTheDifferenceOfScenes) {
  const LiveState plain = small_state();
  LiveState masked = after(plain, {with_mask("title", R"({"layer": "back"})")});
  Scene wanted = plain.scene;
  Layer title = *wanted.layers[1];
  title.mask = Mask{std::nullopt, "lamp", Mask::Mode::kAlpha};
  wanted.layers[1] = title;
  Layer lamp = *wanted.layers[0];
  lamp.id = "lamp";
  wanted.layers.push_back(lamp);
  wanted.layers.erase(wanted.layers.begin());  // `back`
  for (const LiveState& from : {plain, masked}) {
    LiveState state = from;
    for (const Change& each : changes_between(from.scene, wanted)) {
      state = executed(state, each, kNow).state;
    }
    EXPECT_EQ(state.scene, wanted);
  }
}

TEST(RestartLayer, StartsContentAndAnimationsAgain) {
  const LiveState before = small_state();
  const Applied applied = executed(before, command("layers.restart", R"({"id": "title"})"));
  EXPECT_EQ(run_of(applied.state, "title").start, kNow);
  EXPECT_EQ(applied.state.scene, before.scene);
  EXPECT_EQ(names_of(applied.events), Names{"layer.updated"});
  // A layer that is yet to be shown has nothing to start again.
  EXPECT_TRUE(executed(before, command("layers.restart", R"({"id": "film"})")).events.empty());
  expect_refused(before, {{command("layers.restart", R"({"id": "tite"})"),
                           ErrorCode::kNotFound,
                           {{"/id", "did you mean \"title\""}}}});
}

TEST(ControlStopwatch, StartsStopsAndResetsTheStopwatchOfAText) {
  LiveState state = executed(small_state(), command("layers.update", R"({"id": "title", "patch":
        {"content": {"text": "{{elapsed}}"}}})"))
                        .state;
  const Scene scene = state.scene;
  const auto act = [&](const std::string& action, Duration now) {
    const Applied applied = executed(
        state, command("layers.stopwatch", R"({"id": "title", "action": ")" + action + "\"}"), now);
    EXPECT_EQ(applied.state.scene, scene);
    expect_kept(applied.state);
    state = applied.state;
    return names_of(applied.events);
  };
  // It runs from the start of the layer, at 0.
  EXPECT_EQ(act("start", seconds(20)), Names{});
  EXPECT_EQ(run_of(state, "title").stopwatch, std::nullopt);
  EXPECT_EQ(act("stop", seconds(30)), Names{"layer.updated"});
  EXPECT_EQ(run_of(state, "title").stopwatch, (Stopwatch{seconds(30), {}, {}}));
  EXPECT_EQ(act("stop", seconds(31)), Names{});
  EXPECT_EQ(act("start", seconds(40)), Names{"layer.updated"});
  EXPECT_EQ(run_of(state, "title").stopwatch, (Stopwatch{seconds(30), seconds(40), {}}));
  EXPECT_EQ(act("reset", seconds(50)), Names{"layer.updated"});
  EXPECT_EQ(run_of(state, "title").stopwatch, (Stopwatch{{}, seconds(50), seconds(50)}));
}

TEST(ControlStopwatch, OutlastsAChangeOfTheLayerButNotItsRestart) {
  LiveState state = after(
      small_state(),
      {command("layers.update",
               R"({"id": "title", "patch": {"content": {"text": "{{elapsed}}"}}})"),
       command("layers.stopwatch", R"({"id": "title", "action": "stop"})"),
       command(
           "layers.update",
           R"({"id": "title", "patch": {"opacity": 0.5, "content": {"text": "{{elapsed:ss}}"}}})")});
  EXPECT_EQ(run_of(state, "title").stopwatch, (Stopwatch{seconds(11), {}, {}}));
  state = executed(state, command("layers.restart", R"({"id": "title"})"), seconds(20)).state;
  EXPECT_EQ(run_of(state, "title").stopwatch, std::nullopt);
}

TEST(ControlStopwatch, IsRefusedWhereItWouldShowNothing) {
  const auto with_text = [](const std::string& text) {
    return executed(small_state(), command("layers.update", R"({"id": "title", "patch":
      {"content": {"text": ")" + text + "\"}}}"))
        .state;
  };
  const auto act = [](const std::string& id, const std::string& action) {
    return command("layers.stopwatch", R"({"id": ")" + id + R"(", "action": ")" + action + "\"}");
  };
  expect_refused(small_state(),
                 {{act("title", "start"), ErrorCode::kUnsupported, {{"/id", "{{elapsed}}"}}},
                  {act("back", "reset"), ErrorCode::kUnsupported, {{"/id", "{{countdown:10m}}"}}},
                  {act("tite", "stop"), ErrorCode::kNotFound, {{"/id", "did you mean \"title\""}}},
                  {act("title", "halt"), kInvalid, {{"/action", "start, stop or reset"}}},
                  {command("layers.stopwatch", R"({"id": "title"})"), kInvalid, {{"", "action"}}}});
  const LiveState counting = with_text("{{countdown:10m}}");
  EXPECT_EQ(run_of(executed(counting, act("title", "reset")).state, "title").stopwatch->reset_at,
            kNow);
  expect_refused(counting,
                 {{act("title", "stop"), ErrorCode::kUnsupported, {{"/id", "{{elapsed}}"}}}});
  expect_refused(with_text("{{countdown_to:10:00}}"),
                 {{act("title", "reset"), ErrorCode::kUnsupported, {{"/id", "not a text with"}}}});
}

TEST(UpdateLayer, CannotNameRunState) {
  for (const std::string key : {"start", "shown_since", "leaves", "glide", "stopwatch"}) {
    expect_refused(
        small_state(),
        {{command("layers.update", R"({"id": "title", "patch": {")" + key + R"(": "3s"}})"),
          kInvalid,
          {{"/patch/" + key, "this is run state"}}}});
  }
  expect_refused(small_state(),
                 {{command("layers.update", R"({"id": "title", "patch": {"exit_start": "3s"}})"),
                   kInvalid,
                   {{"/patch/exit_start", "unknown key"}}}});
}

TEST(DeleteLayer, AnActiveLayerIsThenNoLongerActive) {
  const Applied other = executed(small_state(), command("layers.delete", R"({"id": "back"})"));
  EXPECT_EQ(names_of(other.events), Names{"layer.deleted"});
  EXPECT_EQ(other.state.active, "title");
  const Applied active = executed(small_state(), command("layers.delete", R"({"id": "title"})"));
  EXPECT_EQ(names_of(active.events), (Names{"layer.deleted", "layer.activated"}));
  EXPECT_EQ(active.state.active, std::nullopt);
  EXPECT_EQ(active.state.scene.layers.size(), 2);
  expect_refused(
      small_state(),
      {{command("layers.delete", R"({"id": "bak"})"),
        ErrorCode::kNotFound,
        {{"/id", "did you mean \"back\""}}},
       {command("layers.delete", R"({"id": null})"), kInvalid, {{"/id", "got nothing"}}}});
}

TEST(ActivateLayer, OneOrNone) {
  const Applied film = executed(small_state(), command("layers.activate", R"({"id": "film"})"));
  EXPECT_EQ(film.state.active, "film");
  EXPECT_EQ(names_of(film.events), Names{"layer.activated"});
  const Applied none = executed(film.state, command("layers.activate", R"({"id": null})"));
  EXPECT_EQ(none.state.active, std::nullopt);
  EXPECT_TRUE(none.events[0].params.find("id")->is(Value::Kind::kNull));
  EXPECT_TRUE(executed(none.state, command("layers.activate", R"({"id": null})")).events.empty());
  expect_refused(none.state, {{command("layers.activate", R"({"id": "x"})"),
                               ErrorCode::kNotFound,
                               {{"/id", "no layer \"x\""}}}});
}

TEST(AnimateLayer, BeginsNowOrWithALayerThatIsYetToBeShown) {
  const std::string fade = R"({"effect": "fade", "to": 0.5, "duration": "1s"})";
  const Applied shown = executed(
      small_state(), command("layers.animate", R"({"id": "title", "animation": )" + fade + "}"));
  ASSERT_EQ(layer_of(shown.state, "title").animations.size(), 2);
  EXPECT_EQ(run_of(shown.state, "title").animations.at(1), kNow);
  EXPECT_EQ(names_of(shown.events), Names{"layer.updated"});
  const Applied hidden = executed(
      small_state(), command("layers.animate", R"({"id": "film", "animation": )" + fade + "}"));
  EXPECT_EQ(run_of(hidden.state, "film").animations.at(0), std::nullopt);
  const Applied all = executed(
      shown.state, command("layers.animate", R"({"id": "title", "animations": [)" + fade + "]}"),
      seconds(20));
  ASSERT_EQ(layer_of(all.state, "title").animations.size(), 1);
  EXPECT_EQ(run_of(all.state, "title").animations.at(0), seconds(20));
}

TEST(AnimateLayer, IsRefusedWithEveryFault) {
  expect_refused(
      small_state(),
      {{command("layers.animate", R"({"id": "title"})"), kInvalid, {{"", "neither"}}},
       {command("layers.animate", R"({"id": "title", "animation": {"effect": "fade",
                "duration": "1s"}, "animations": []})"),
        kInvalid,
        {{"", "both"}}},
       {command("layers.animate", R"({"id": "title", "animation": {"effect": "fad"}})"),
        kInvalid,
        {{"/animation/effect", "did you mean \"fade\""},
         {"/animation", "\"duration\" is missing"}}},
       {command("layers.animate",
                R"({"id": "title", "animations": [{"effect": "fade", "duration": -1}]})"),
        kInvalid,
        {{"/animations/0/duration", "not understood"}}}});
}

TEST(AnimateLayer, WhatIsOverMakesRoomAndChangesNoFrame) {
  LiveState state = small_state();
  const EdgeOffsets edges{{-100, 0}, {100, 0}, {0, -100}, {0, 100}};
  const Names effects = {R"("fade", "from": 0, "to": 1)",
                         R"("slide", "from": "left")",
                         R"("slide", "to": "left", "fill": "none")",
                         R"("rotate", "to": 360)",
                         R"("rotate", "from": 90, "fill": "backwards")",
                         R"("scale", "from": 2)"};
  Layer all = layer_of(state, "title");
  AnimationStarts all_starts(all.animations.size());
  Duration now = kNow;
  for (int i = 0; i < 300; ++i, now += std::chrono::milliseconds(700)) {
    const size_t kind = static_cast<size_t>(i) % effects.size();
    const CommandDocument animate =
        command("layers.animate", R"({"id": "title", "animation": {"effect": )" + effects[kind] +
                                      R"(, "duration": "1s"}})");
    state = executed(state, animate, now).state;
    const Layer& layer = layer_of(state, "title");
    all.animations.push_back(layer.animations.back());
    const LayerRun& run = run_of(state, "title");
    all_starts.push_back(run.animations.back());
    for (int step = 0; step < 20; ++step) {
      const base::SceneTime time{now.count() + step * 100'000'000, 1'000'000'000};
      const auto folded = motion_at(layer.animations, time, edges, *run.start, run.animations);
      const auto unfolded = motion_at(all.animations, time, edges, *run.start, all_starts);
      ASSERT_DOUBLE_EQ(folded.opacity, unfolded.opacity);
      ASSERT_NEAR(folded.offset.x, unfolded.offset.x, 1e-9);
      ASSERT_NEAR(folded.rotation, unfolded.rotation, 1e-9);
      ASSERT_DOUBLE_EQ(folded.scale.x, unfolded.scale.x);
    }
  }
  EXPECT_LE(layer_of(state, "title").animations.size(), 10U);
  EXPECT_EQ(all.animations.size(), 300U + layer_of(small_state(), "title").animations.size());
}

TEST(AnimateLayer, ThoseThatAreOverAreFoldedIntoTheirFinalValue) {
  LiveState state = small_state();
  const Names effects = {R"("slide", "to": [3, -1])", R"("rotate", "to": 2)",
                         R"("fade", "to": 0.5)",
                         R"("keyframes", "keyframes": [{"at": 0}, {"at": 1, "scale": [2, 1]}])"};
  const auto animate = [](const std::string& effect) {
    return command("layers.animate", R"({"id": "back", "animation": {"effect": )" + effect +
                                         R"(, "duration": "1ms"}})");
  };
  for (int i = 0; i < 200; ++i) {
    const std::string& effect = effects.at(static_cast<size_t>(i < 4 ? i : i % 2));
    state = executed(state, animate(effect), seconds(i)).state;
  }
  const Layer& layer = layer_of(state, "back");
  EXPECT_LE(layer.animations.size(), 8U);
  const LayerRun& run = run_of(state, "back");
  const LayerMotion motion = motion_at(layer.animations, {1000, 1},
                                       {{-1, 0}, {1, 0}, {0, -1}, {0, 1}}, {}, run.animations);
  EXPECT_EQ(motion.offset, (base::PointF{99 * 3, -99}));
  EXPECT_EQ(motion.rotation, 99 * 2);
  EXPECT_EQ(motion.opacity, 0.5);
  EXPECT_EQ(motion.scale, (base::PointF{2, 1}));
  // The state can be stored.
  EXPECT_EQ(layer_codec().write(layer).find("animations")->items.size(), layer.animations.size());
}

// What a folded animation would have to hold could not be read back.
TEST(AnimateLayer, AValueOutsideTheLimitsIsNotFolded) {
  LiveState state = small_state();
  const CommandDocument animate = command("layers.animate", R"({"id": "back", "animation":
      {"effect": "slide", "to": [60000, 0], "duration": "1ms"}})");
  for (int i = 0; i < limits::kAnimationsMax; ++i)
    state = executed(state, animate, seconds(i)).state;
  EXPECT_EQ(layer_of(state, "back").animations.size(), size_t{limits::kAnimationsMax});
  expect_refused(state, {{animate, ErrorCode::kLimit, {{"/animation", "64 animations"}}}});
}

TEST(RemoveAnimation, EndsItsEffectAndKeepsTheOthersInPhase) {
  LiveState state = small_state();
  for (const char* effect : {"fade", "rotate", "scale"}) {
    const std::string animation =
        std::string(R"({"effect": ")") + effect + R"(", "duration": "1h"})";
    state = executed(state,
                     command("layers.animate", R"({"id": "back", "animation": )" + animation + "}"),
                     seconds(state.revision))
                .state;
  }
  const AnimationStarts starts = run_of(state, "back").animations;
  ASSERT_EQ(starts.size(), 3U);
  const Applied removed =
      executed(state, command("layers.animations.remove", R"({"id": "back", "index": 1})"));
  const Layer& layer = layer_of(removed.state, "back");
  ASSERT_EQ(layer.animations.size(), 2U);
  EXPECT_TRUE(std::holds_alternative<ScaleEffect>(layer.animations[1].effect));
  EXPECT_EQ(run_of(removed.state, "back").animations, (AnimationStarts{starts[0], starts[2]}));
  EXPECT_EQ(names_of(removed.events), Names{"layer.updated"});
  expect_refused(state, {{command("layers.animations.remove", R"({"id": "back", "index": 3})"),
                          ErrorCode::kNotFound,
                          {{"/index", "expected an index from 0 to 2"}}},
                         {command("layers.animations.remove", R"({"id": "nobody", "index": 0})"),
                          ErrorCode::kNotFound,
                          {{"/id", "nobody"}}},
                         {command("layers.animations.remove", R"({"id": "back", "index": -1})"),
                          kInvalid,
                          {{"/index", "0"}}}});
}

TEST(Animations, AreListedWithWhatEachIsDoing) {
  LiveState state = small_state();
  const auto animate = [&](const std::string& rest) {
    state = executed(state,
                     command("layers.animate",
                             R"({"id": "back", "animation": {"effect": )" + rest + "}}"),
                     seconds(10))
                .state;
  };
  animate(R"("fade", "from": 0, "to": 1, "duration": "2s")");
  animate(R"("fade", "from": 1, "to": 0.5, "duration": "2s")");
  animate(R"("rotate", "to": 90, "duration": "2s", "iterations": "infinite")");
  animate(R"("rotate", "to": 90, "duration": "2s", "delay": "1h")");
  const Value list =
      animations_document({layer_of(state, "back"), run_of(state, "back")}, seconds(13));
  Names phases;
  for (const Value& each : list.items) phases.push_back(each.find("phase")->text);
  EXPECT_EQ(phases, (Names{"over", "holding", "running", "waiting"}));
  EXPECT_EQ(list.items[1].find("start")->text, "10s");
  EXPECT_EQ(list.items[1].find("end")->text, "12s");
  EXPECT_TRUE(list.items[2].find("end")->is(Value::Kind::kNull));
  EXPECT_EQ(list.items[3].find("index")->text, "3");
  EXPECT_EQ(list.items[1].find("animation")->find("effect")->text, "fade");
}

TEST(AnimateLayer, StopsAtTheLimitOfThoseThatHaveAnEffect) {
  LiveState state = small_state();
  const CommandDocument animate = command("layers.animate", R"({"id": "back", "animation":
      {"effect": "rotate", "to": 1, "duration": "1s", "iterations": "infinite"}})");
  for (int i = 0; i < limits::kAnimationsMax; ++i)
    state = executed(state, animate, seconds(i)).state;
  expect_refused(state, {{animate, ErrorCode::kLimit, {{"/animation", "64 animations"}}}});
}

const ChatContent& chat_of(const LiveState& state) {
  return std::get<ChatContent>(layer_of(state, "chat").content);
}
// When message `place` appears.
Duration time_of_message(const LiveState& state, size_t place) {
  return *timed_chat(chat_of(state), run_of(state, "chat")).messages.at(place).timestamp;
}

// The small scene with a chat of three messages at most, two of them there.
LiveState chat_state() {
  return executed(small_state(),
                  command("layers.create", R"({"layer": {"id": "chat", "type": "chat",
      "content": {"type": "chat", "max_messages": 3, "messages": [
        {"id": "a", "author": "Ana", "text": "one", "timestamp": "3s"},
        {"id": "b", "author": "Ben", "text": "two"}]}}})"),
                  Duration(seconds(5)))
      .state;
}

std::string ids_of(const ChatContent& chat) {
  std::string ids;
  for (const ChatMessage& message : chat.messages) ids += message.id + " ";
  return ids;
}

TEST(Say, AddsAMessageThatAppearsNow) {
  const LiveState before = chat_state();
  const Applied applied = executed(before, command("chat.say", R"({"id": "chat",
      "message": {"author": "Cy", "text": "three", "highlighted": true}})"));
  EXPECT_EQ(applied.state.revision, before.revision + 1);
  const ChatMessage& said = chat_of(applied.state).messages.back();
  EXPECT_EQ(said.id, "m-" + std::to_string(applied.state.revision));
  EXPECT_EQ(said.author, "Cy");
  EXPECT_EQ(said.timestamp, std::nullopt);
  EXPECT_EQ(time_of_message(applied.state, 2), kNow);
  EXPECT_TRUE(said.highlighted);
  EXPECT_EQ(applied.result, chat_message_codec().write(said));
  ASSERT_EQ(names_of(applied.events), Names{"chat.said"});
  EXPECT_EQ(applied.events[0].params,
            Value::object().add("id", Value::of("chat")).add("message", applied.result));
}

TEST(Say, OfTooManyTheOldestGo) {
  const CommandDocument say = command("chat.say", R"({"id": "chat",
      "message": {"author": "Cy", "text": "x"}})");
  const LiveState state = after(chat_state(), {say, say, say, say});
  EXPECT_EQ(ids_of(chat_of(state)), "m-4 m-5 m-6 ");
  EXPECT_EQ(time_of_message(state, 0), kNow + seconds(1));
}

TEST(Say, MessagesOfOneBatchHaveIdsOfTheirOwn) {
  const LiveState state = executed(chat_state(), command("batch", R"({"commands": [
      {"method": "chat.say", "params": {"id": "chat", "message": {"author": "C", "text": "x"}}},
      {"method": "chat.say", "params": {"id": "chat", "message": {"author": "C", "text": "x"}}}]})"))
                              .state;
  EXPECT_EQ(ids_of(chat_of(state)), "b m-3 m-3-2 ");
}

TEST(Say, WhatIsSaidTwiceIsSaidOnce) {
  const CommandDocument say = command("chat.say", R"({"id": "chat",
      "message": {"id": "x", "author": "Cy", "text": "once"}})");
  const LiveState once = executed(chat_state(), say).state;
  const Applied twice = executed(once, say, kNow + seconds(7));
  EXPECT_EQ(twice.state.revision, once.revision);
  EXPECT_TRUE(twice.events.empty());
  EXPECT_EQ(twice.result, chat_message_codec().write(chat_of(once).messages.back()));
}

TEST(Say, AKnownIdIsSaidAnewInItsPlaceAndAtItsTime) {
  const Applied applied = executed(chat_state(), command("chat.say", R"({"id": "chat",
      "message": {"id": "a", "author": "Ana", "text": "corrected"}})"));
  EXPECT_EQ(ids_of(chat_of(applied.state)), "a b ");
  EXPECT_EQ(chat_of(applied.state).messages[0].text, "corrected");
  EXPECT_EQ(time_of_message(applied.state, 0), seconds(3));
  EXPECT_EQ(names_of(applied.events), Names{"chat.said"});
}

TEST(Say, AMessageWithATimeLiesWhereItBelongs) {
  const LiveState state = executed(chat_state(), command("chat.say", R"({"id": "chat",
      "message": {"id": "x", "author": "Cy", "text": "earlier", "timestamp": "4s"}})"))
                              .state;
  EXPECT_EQ(ids_of(chat_of(state)), "a x b ");
  const Applied moved = executed(state, command("chat.say", R"({"id": "chat",
      "message": {"id": "a", "author": "Ana", "text": "one", "timestamp": "20s"}})"));
  EXPECT_EQ(ids_of(chat_of(moved.state)), "x b a ");
  // Older than all that are kept.
  const Applied late = executed(moved.state, command("chat.say", R"({"id": "chat",
      "message": {"id": "y", "author": "Cy", "text": "late", "timestamp": 0}})"));
  EXPECT_EQ(ids_of(chat_of(late.state)), "x b a ");
  EXPECT_EQ(late.state.revision, moved.state.revision);
}

TEST(Say, MessagesKeepTheirTimesWhenTheLayerChanges) {
  const LiveState state = after(
      chat_state(),
      {command("layers.update", R"({"id": "chat", "patch": {"content": {"style": {"font_size": 20},
         "messages": [{"id": "b", "author": "Ben", "text": "two"},
                      {"id": "n", "author": "Ned", "text": "new"}]}}})")});
  EXPECT_EQ(time_of_message(state, 0), seconds(5));
  EXPECT_EQ(time_of_message(state, 1), kNow);
}

TEST(Say, TheFileOfALiveSceneDoesNotKnowWhatWasSaid) {
  LiveState state = chat_state();
  Scene file = state.scene;
  EXPECT_TRUE(changes_between(state.scene, file).empty());
  state = executed(state, command("chat.say", R"({"id": "chat",
      "message": {"author": "Cy", "text": "three"}})"))
              .state;
  EXPECT_EQ(changes_between(state.scene, file).size(), 1U);
  keep_messages(state.scene, file);
  EXPECT_TRUE(changes_between(state.scene, file).empty());
}

TEST(Say, NeedsAnAuthorATextAndNoMoreThanTheLimits) {
  expect_refused(
      chat_state(),
      {{command("chat.say", R"({"id": "chat", "message": {"text": "hi"}})"),
        kInvalid,
        {{"/message", "author"}}},
       {command("chat.say", R"({"id": "chat", "message": {"author": "", "text": [], "x": 1}})"),
        kInvalid,
        {{"/message/author", ""}, {"/message/text", ""}, {"/message/x", "unknown key"}}},
       {command("chat.say", R"({"id": "chat", "message": "hi"})"),
        kInvalid,
        {{"/message", "a mapping (message)"}}},
       {command("chat.say", R"({"id": "chat"})"), kInvalid, {{"", "message"}}},
       {{"chat.say", Value::object()
                         .add("id", Value::of("chat"))
                         .add("message", Value::object()
                                             .add("author", Value::of("A"))
                                             .add("text", Value::of(std::string(501, 'x'))))},
        kInvalid,
        {{"/message/text", "500"}}}});
}

TEST(Say, NeedsALayerWithChat) {
  expect_refused(small_state(), {{command("chat.say", R"({"id": "title", "message":
                           {"author": "Cy", "text": "hi"}})"),
                                  ErrorCode::kUnsupported,
                                  {{"/id", "is not a chat"}}},
                                 {command("chat.say", R"({"id": "x", "message":
                           {"author": "Cy", "text": "hi"}})"),
                                  ErrorCode::kNotFound,
                                  {{"/id", "no layer"}}}});
}

// --- The scene ---

TEST(ReplaceScene, KeepsThePhaseOfWhatStays) {
  LiveState state = small_state();
  state = executed(state, command("layers.update", R"({"id": "film", "patch": {"visible": true}})"),
                   seconds(5))
              .state;
  Value document = scene_document(state.scene, Secrets::kRedacted);
  Value& layers = *document.find("layers");
  layers.items[1].set("opacity", Value::of(0.5));
  layers.items[2].find("content")->set("source", Value::of("other.mp4"));
  layers.items.push_back(json(R"({"id": "new", "type": "overlay", "content":
      {"type": "color", "color": "red"}})"));
  layers.items.erase(layers.items.begin());
  const Applied applied =
      executed(state, {"scene.replace", Value::object().add("scene", document)}, seconds(30));
  EXPECT_EQ(run_of(applied.state, "title").start, seconds(0));
  EXPECT_EQ(layer_of(applied.state, "title").opacity, 0.5);
  EXPECT_EQ(run_of(applied.state, "film").start, seconds(30));
  EXPECT_EQ(run_of(applied.state, "new").start, seconds(30));
  EXPECT_EQ(applied.state.scene.outputs, state.scene.outputs);
  EXPECT_EQ(applied.state.active, "title");
  EXPECT_EQ(names_of(applied.events), Names{"scene.updated"});
}

TEST(ReplaceScene, WhatWasReadCanBeWrittenBack) {
  const LiveState state = small_state();
  Value document = document_of(state, Secrets::kRedacted);
  EXPECT_EQ(write_json(document, 0).find("secret"), std::string::npos);
  const CommandDocument replace{"scene.replace", Value::object().add("scene", document)};
  EXPECT_EQ(executed(state, replace).state, state);
  document.set("active", Value::of("film"));
  const Applied other = executed(state, {"scene.replace", Value::object().add("scene", document)});
  EXPECT_EQ(other.state.active, "film");
  EXPECT_EQ(other.state.scene, state.scene);
}

TEST(ReplaceScene, IsRefusedWithEveryFault) {
  const LiveState state = small_state();
  const auto replaced = [&](const std::function<void(Value&)>& change) {
    Value document = document_of(state, Secrets::kShown);
    change(document);
    return CommandDocument{"scene.replace", Value::object().add("scene", document)};
  };
  expect_refused(
      state,
      {{replaced([](Value& scene) {
          scene.find("layers")->items[1].find("content")->set("text", Value::array());
          scene.find("canvas")->set("fps", Value::of(0));
        }),
        kInvalid,
        {{"/scene/canvas/fps", "not understood"}, {"/scene/layers/1/content/text", "a list"}}},
       {replaced([](Value& scene) { scene.set("active", Value::of("x")); }),
        ErrorCode::kNotFound,
        {{"/scene/active", "no layer \"x\""}}},
       {replaced([](Value& scene) {
          scene.find("outputs")->items[0].set("url", Value::of("rtmp://other/live/***"));
        }),
        kInvalid,
        {{"/scene/outputs/0/url", "redacted"}}}});
}

TEST(PatchScene, ChangesTheCanvasAndNoLayers) {
  const LiveState state = small_state();
  const Applied applied = executed(state, command("scene.patch", R"({"patch": {"canvas":
      {"background": "blue"}, "fonts": ["a.ttf"], "duration": "9s"}})"));
  Scene expected = state.scene;
  expected.canvas.background = {0, 0, 255, 255};
  expected.fonts = {"a.ttf"};
  expected.duration = seconds(9);
  EXPECT_EQ(applied.state.scene, expected);
  EXPECT_EQ(names_of(applied.events), Names{"scene.updated"});
  EXPECT_TRUE(executed(state, command("scene.patch", R"({"patch": {}})")).events.empty());
  expect_refused(state, {{command("scene.patch", R"({"patch": {"layers": [], "outputs": []}})"),
                          kInvalid,
                          {{"/patch/layers", "cannot change its layers"},
                           {"/patch/outputs", "cannot change its outputs"}}},
                         {command("scene.patch", R"({"patch": {"canvas": {"width": 1}}})"),
                          kInvalid,
                          {{"/patch/canvas/width", "below 16"}}}});
}

// --- The stream ---

TEST(Stream, StartsStopsAndPauses) {
  LiveState state = small_state();
  EXPECT_TRUE(executed(state, command("stream.start")).events.empty());
  Applied applied = executed(state, command("stream.pause"));
  EXPECT_EQ(applied.state.transmission, Transmission::kPaused);
  EXPECT_EQ(names_of(applied.events), Names{"stream.paused"});
  applied = executed(applied.state, command("stream.stop"));
  EXPECT_EQ(applied.state.transmission, Transmission::kStopped);
  EXPECT_EQ(names_of(applied.events), Names{"stream.stopped"});
  expect_refused(applied.state, {{command("stream.pause"), ErrorCode::kConflict, {{"", "stopped"}}},
                                 {command("stream.start", R"({"x": 1})"),
                                  kInvalid,
                                  {{"/x", "unknown key, expected no keys"}}}});
  applied = executed(applied.state, command("stream.start"));
  EXPECT_EQ(applied.state.transmission, Transmission::kOnAir);
  EXPECT_EQ(names_of(applied.events), Names{"stream.started"});
  EXPECT_EQ(applied.result.find("transmission")->text, "on-air");
}

TEST(ConfigureStream, SetsFramesAndEncodingOfAllOutputs) {
  const LiveState state = small_state();
  const Applied applied = executed(state, command("stream.configure", R"({"patch": {"width": 1920,
      "fps": "30000/1001", "bitrate": "3M", "keyframe_interval": "1s", "quality": "high"}})"));
  // The canvas, to which the coordinates of the layers refer, stays as it was authored.
  EXPECT_EQ(applied.state.scene.canvas.size, state.scene.canvas.size);
  EXPECT_EQ(frame_size_of(applied.state), (base::SizeI{1920, 360}));
  EXPECT_EQ(applied.result.find("width")->text, "1920");
  EXPECT_EQ(applied.state.scene.canvas.fps, (base::FrameRate{30000, 1001}));
  EXPECT_EQ(applied.state.stream, (StreamSettings{"h264", "medium", 3'000'000, seconds(1)}));
  EXPECT_EQ(applied.state.scene.outputs[0].preset, std::nullopt);
  EXPECT_EQ(names_of(applied.events), Names{"stream.configured"});
  EXPECT_EQ(applied.result, stream_document(applied.state));
  EXPECT_EQ(state.scene.outputs[0].preset, "fast");
  const Applied back = executed(applied.state, command("stream.configure", R"({"patch":
      {"preset": null, "bitrate": null, "keyframe_interval": null}})"));
  EXPECT_EQ(back.state.stream, StreamSettings{});
  EXPECT_TRUE(executed(back.state, command("stream.configure", R"({"patch": {}})")).events.empty());
}

TEST(ConfigureStream, FramesFollowTheCanvasUnlessTheyHaveTheirOwnSize) {
  const auto configure = [](const LiveState& state, const char* patch) {
    return executed(state, command("stream.configure", std::string(R"({"patch": )") + patch + "}"))
        .state;
  };
  const LiveState state = small_state();
  const CommandDocument wider =
      command("scene.patch", R"({"patch": {"canvas": {"width": 1280, "height": 720}}})");
  const LiveState with_size = configure(state, R"({"width": 320, "height": 180})");
  EXPECT_EQ(frame_size_of(executed(with_size, wider).state), (base::SizeI{320, 180}));
  const base::SizeI canvas = state.scene.canvas.size;
  const LiveState back =
      configure(with_size, ("{\"width\": " + std::to_string(canvas.width) +
                            ", \"height\": " + std::to_string(canvas.height) + "}")
                               .c_str());
  EXPECT_EQ(back.frame_size, std::nullopt);
  EXPECT_EQ(frame_size_of(executed(back, wider).state), (base::SizeI{1280, 720}));
}

TEST(ConfigureStream, IsRefusedWithEveryFault) {
  expect_refused(
      small_state(),
      {{command("stream.configure", R"({"patch": {"width": null, "bitrat": 1,
                           "keyframe_interval": 0}})"),
        kInvalid,
        {{"/patch/keyframe_interval", "too short"},
         {"/patch/bitrat", "did you mean \"bitrate\""},
         {"/patch", "\"width\" is missing"}}},
       {command("stream.configure", R"({"patch": {"quality": "hihg"}})"),
        kInvalid,
        {{"/patch/quality", "did you mean \"high\""}}},
       {command("stream.configure", R"({"patch": {"quality": "low", "preset": "slow"}})"),
        kInvalid,
        {{"/patch/quality", "both \"quality\" and \"preset\" are given"}}}});
}

TEST(Outputs, AreAddedAndRemoved) {
  const LiveState state = small_state();
  Applied applied =
      executed(state, command("outputs.add", R"({"output": {"url": "srt://h:1?passphrase=x"}})"));
  ASSERT_EQ(applied.state.scene.outputs.size(), 3);
  EXPECT_EQ(applied.state.scene.outputs[2].id, "output-3");
  EXPECT_EQ(applied.result.find("url")->text, "srt://h:1?passphrase=***");
  EXPECT_EQ(names_of(applied.events), Names{"output.added"});
  EXPECT_EQ(*applied.events[0].params.find("output"), applied.result);
  applied = executed(applied.state, command("outputs.remove", R"({"id": "main"})"));
  EXPECT_EQ(names_of(applied.events), Names{"output.removed"});
  EXPECT_EQ(applied.state.scene.outputs.size(), 2);
  expect_refused(applied.state,
                 {{command("outputs.remove", R"({"id": "fil"})"),
                   ErrorCode::kNotFound,
                   {{"/id", "no output \"fil\"; did you mean \"file\"?"}}},
                  {command("outputs.add", R"({"output": {"id": "file", "url": "x"}})"),
                   ErrorCode::kConflict,
                   {{"/output/id", "already"}}},
                  {command("outputs.add", R"({"output": {"bitrate": 1}})"),
                   kInvalid,
                   {{"/output/bitrate", "not understood"}, {"/output", "\"url\" is missing"}}},
                  {command("outputs.add", R"({"output": {"url": "rtmp://h/live/***"}})"),
                   kInvalid,
                   {{"/output/url", "redacted"}}}});
  LiveState full = applied.state;
  const CommandDocument add = command("outputs.add", R"({"output": {"url": "x"}})");
  while (full.scene.outputs.size() < limits::kOutputsMax) full = executed(full, add).state;
  expect_refused(full, {{add, ErrorCode::kLimit, {{"/output", "16 outputs"}}}});
}

// --- Batches ---

TEST(Batch, IsOneRevisionAndAllOrNothing) {
  const LiveState state = small_state();
  const Applied applied = executed(state, command("batch", R"({"commands": [
      {"method": "layers.delete", "params": {"id": "back"}},
      {"method": "layers.update", "params": {"id": "title", "patch": {"opacity": 0.5}}},
      {"method": "stream.stop"}]})"));
  EXPECT_EQ(applied.state.revision, state.revision + 1);
  EXPECT_EQ(names_of(applied.events), (Names{"layer.deleted", "layer.updated", "stream.stopped"}));
  EXPECT_EQ(applied.result.items.size(), 3);
  EXPECT_EQ(executed(state, command("batch", R"({"commands": []})")).state, state);
  expect_refused(
      state,
      {{command("batch", R"({"commands": [{"method": "layers.delete", "params": {"id": "back"}},
                {"method": "layers.update", "params": {"id": "back", "patch": {}}}]})"),
        ErrorCode::kNotFound,
        {{"/commands/1/params/id", "no layer \"back\""}}},
       {command("batch", R"({"commands": [{"method": "layers.update", "params":
                {"id": "title", "patch": {"opacity": 2}}}]})"),
        kInvalid,
        {{"/commands/0/params/patch/opacity", "above 1"}}},
       {command("batch", R"({"commands": [{"method": "batch", "params": {"commands": []}}]})"),
        kInvalid,
        {{"/commands/0/method", "cannot be nested"}}},
       {command("batch", R"({"commands": [{"metod": "x"}, 3]})"),
        kInvalid,
        {{"/commands/0", "\"method\" is missing"},
         {"/commands/0/metod", "unknown key"},
         {"/commands/1", "got a number"}}},
       {command("batch", R"({"commands": {}})"), kInvalid, {{"/commands", "a mapping"}}}});
  Value many = Value::array();
  for (int i = 0; i <= limits::kBatchCommandsMax; ++i) {
    many.items.push_back(json(R"({"method": "stream.stop"})"));
  }
  expect_refused(state, {{{"batch", Value::object().add("commands", many)},
                          ErrorCode::kLimit,
                          {{"/commands", "1001 commands"}}}});
}

TEST(Apply, AMethodThatIsNoneIsRefused) {
  expect_refused(small_state(), {{command("layers.updat"), ErrorCode::kUnsupported, {}},
                                 {command(""), ErrorCode::kUnsupported, {}}});
  const auto outcome = apply(small_state(), command("layers.updat"), kNow);
  EXPECT_NE(outcome.error().error.message.find("did you mean \"layers.update\""),
            std::string::npos);
}

TEST(CommandDocuments, AreReadAsTheyAreWritten) {
  const CommandDocument given = command("layers.delete", R"({"id": "a"})");
  const auto read = command_document_from(value_of(given));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value().method, given.method);
  EXPECT_EQ(read.value().params, given.params);
  EXPECT_TRUE(command_document_from(json(R"({"method": "x"})")));
  for (const char* wrong : {"[]", "{}", R"({"method": 1})", R"({"method": "x", "params": []})",
                            R"({"method": "x", "at": 1})"}) {
    EXPECT_FALSE(command_document_from(json(wrong))) << wrong;
  }
}

TEST(Commands, AreReadAsTheyAreWritten) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RandomCommand random(seed);
    LiveState state = small_state();
    for (int i = 0; i < 20; ++i) {
      const auto read = command_from(random.next(state));
      if (!read) continue;
      const Command& command = read.value();
      const CommandDocument written = document_of(command);
      const auto again = command_from(written);
      ASSERT_TRUE(again) << write_json(value_of(written));
      EXPECT_TRUE(again.value() == command) << write_json(value_of(written));
      auto outcome = apply(state, command, seconds(i));
      if (outcome) state = std::move(outcome).value().state;
    }
  }
}

TEST(Commands, NameTheirFiles) {
  const auto files = files_of(typed(command("batch", R"({"commands": [
      {"method": "layers.create", "params": {"layer": {"type": "visual_feed", "content":
        {"type": "video", "source": "a.mp4", "fallback": "b.png"}}}},
      {"method": "layers.update", "params": {"id": "x", "patch": {"content": {"texture": "t.png"}}}},
      {"method": "scene.patch", "params": {"patch": {"fonts": ["c.ttf"]}}},
      {"method": "outputs.add", "params": {"output": {"url": "d.mkv"}}}]})")));
  Names named;
  for (const NamedFile& file : files) {
    named.push_back(std::string(name_of(file.role)) + " " + file.text + " " + file.pointer);
  }
  EXPECT_EQ(named, (Names{"source a.mp4 /commands/0/params/layer/content/source",
                          "asset b.png /commands/0/params/layer/content/fallback",
                          "asset t.png /commands/1/params/patch/content/texture",
                          "asset c.ttf /commands/2/params/patch/fonts/0",
                          "output d.mkv /commands/3/params/output/url"}));
}

// --- Sequences ---

// What a scene is, kept the plainest way: documents, patched by another library.
class Model {
 public:
  explicit Model(const Scene& scene) {
    for (const Layer& layer : scene.layers) layers_.emplace_back(layer.id, plain(layer));
  }

  // Follows a command that was executed. Returns false for what it does not model.
  bool follow(const CommandDocument& command, const Value& result) {
    const auto params = parsed(command.params);
    if (command.method == "layers.update" || command.method == "layers.replace") {
      auto& document = find(params["id"])->second;
      nlohmann::json next = document;
      if (command.method == "layers.update") {
        next.merge_patch(params["patch"]);
      } else {
        next = params["layer"];
        next["id"] = params["id"];
      }
      document = plain(next);
    } else if (command.method == "layers.delete") {
      layers_.erase(find(params["id"]));
    } else if (command.method == "layers.create") {
      const auto created = parsed(result);
      if (find(created["id"]) != layers_.end()) return true;
      nlohmann::json next = params["layer"];
      next["id"] = created["id"];
      if (!next.contains("z_index") && created.contains("z_index")) {
        next["z_index"] = created["z_index"];
      }
      layers_.emplace_back(created["id"], plain(next));
    } else {
      return command.method.starts_with("stream.") || command.method.starts_with("outputs.") ||
             command.method == "layers.activate" || command.method == "scene.patch";
    }
    return true;
  }

  void expect_equal(const Scene& scene) const {
    ASSERT_EQ(scene.layers.size(), layers_.size());
    for (size_t i = 0; i < layers_.size(); ++i) {
      ASSERT_EQ(scene.layers[i]->id, layers_[i].first);
      ASSERT_EQ(plain(scene.layers[i]), layers_[i].second);
    }
  }

 private:
  using Layers = std::vector<std::pair<std::string, nlohmann::json>>;

  static nlohmann::json parsed(const Value& value) {
    return nlohmann::json::parse(write_json(value, 0));
  }
  static nlohmann::json plain(const Layer& layer) {
    return parsed(layer_document(layer, Secrets::kShown));
  }
  // Defaults left out.
  static nlohmann::json plain(const nlohmann::json& document) {
    Reader reader;
    const auto layer = layer_codec().read(json(document.dump()), reader);
    EXPECT_TRUE(layer.has_value()) << document.dump();
    return layer ? plain(*layer) : nlohmann::json();
  }
  Layers::iterator find(const std::string& id) {
    return std::ranges::find(layers_, id, &Layers::value_type::first);
  }

  Layers layers_;
};

TEST(RandomCommands, LeadToWhatAPlainModelSays) {
  int obeyed_count = 0;
  int refused_count = 0;
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    RandomCommand random(seed);
    LiveState state = small_state();
    Model model(state.scene);
    for (int i = 0; i < 60; ++i) {
      const CommandDocument command = random.next(state);
      auto outcome = apply(state, command, seconds(i));
      if (outcome) {
        Applied& applied = outcome.value();
        ++obeyed_count;
        const bool is_changed = applied.state != state;
        ASSERT_EQ(applied.state.revision, state.revision + (applied.events.empty() ? 0 : 1));
        ASSERT_EQ(is_changed, !applied.events.empty()) << command.method;
        state = std::move(applied.state);
        if (!model.follow(command, applied.result)) model = Model(state.scene);
        model.expect_equal(state.scene);
      } else {
        ++refused_count;
        ASSERT_FALSE(outcome.error().error.message.empty());
      }
      for (const auto& layer : state.scene.layers) {
        const LayerRun& run = run_of(state, layer->id);
        ASSERT_TRUE(!layer->visible || run.start) << layer->id;
        ASSERT_EQ(run.animations.size(), layer->animations.size()) << layer->id;
      }
      if (i % 10 == 0) expect_kept(state);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(obeyed_count, 1000);
  EXPECT_GT(refused_count, 100);
}

TEST(RandomCommands, AreTheSameForTheSameArguments) {
  RandomCommand random(77);
  LiveState state = small_state();
  for (int i = 0; i < 200; ++i) {
    const CommandDocument command = random.next(state);
    const auto one = apply(state, command, seconds(i));
    const auto other = apply(state, command, seconds(i));
    ASSERT_EQ(one.ok(), other.ok());
    if (!one) continue;
    ASSERT_EQ(one.value().state, other.value().state);
    state = one.value().state;
  }
}

// --- From one scene to another ---

Scene with_outputs_in_order(Scene scene) {
  std::ranges::sort(scene.outputs, {}, &Output::id);
  return scene;
}

void expect_reached(const Scene& from, const Scene& to) {
  LiveState state;
  state.scene = from;
  for (const Change& each : changes_between(from, to)) {
    state = executed(state, each).state;
  }
  ASSERT_EQ(with_outputs_in_order(state.scene), with_outputs_in_order(to))
      << write_json(scene_codec().write(state.scene)) << write_json(scene_codec().write(to));
  EXPECT_TRUE(changes_between(state.scene, to).empty());
}

TEST(CommandsBetween, RandomScenesLeadFromOneToTheOther) {
  for (uint64_t seed = 1; seed <= 150; ++seed) {
    const Scene from = RandomScene(seed, Purpose::kReadBack).scene();
    const Scene to = RandomScene(seed + 1000, Purpose::kReadBack).scene();
    expect_reached(from, to);
    EXPECT_TRUE(changes_between(from, from).empty());
    if (HasFatalFailure()) return;
  }
}

TEST(CommandsBetween, RandomChangesLeadFromOneSceneToTheOther) {
  for (uint64_t seed = 1; seed <= 60; ++seed) {
    RandomCommand random(seed);
    LiveState state = small_state();
    for (int i = 0; i < 8; ++i) {
      const Scene from = state.scene;
      for (int j = 0; j < 3; ++j) {
        auto outcome = apply(state, random.next(state), seconds(i));
        if (outcome) state = std::move(outcome).value().state;
      }
      expect_reached(from, state.scene);
      if (HasFatalFailure()) return;
    }
  }
}

TEST(CommandsBetween, SaysOnlyWhatIsDifferent) {
  const Scene from = small_state().scene;
  Scene to = from;
  EXPECT_TRUE(changes_between(from, to).empty());
  to.layers[1].edit().opacity = 0.5;
  std::get<TextContent>(to.layers[1].edit().content).text = "new";
  to.layers.erase(to.layers.begin());
  Layer added = to.layers[0];
  added.id = "added";
  added.z_index = 0;
  to.layers.push_back(added);
  to.outputs[1].url = "other.mkv";
  to.canvas.fps = {60, 1};
  Names said;
  for (const Change& each : changes_between(from, to)) {
    said.push_back(write_json(value_of(document_of(each)), 0).substr(0, 200));
  }
  ASSERT_EQ(said.size(), 6);
  EXPECT_EQ(said[0], R"({"method":"layers.update","params":{"id":"title","patch":{"opacity":0.5,)"
                     R"("content":{"text":"new"}}}})");
  EXPECT_EQ(said[1], R"({"method":"layers.delete","params":{"id":"back"}})");
  EXPECT_TRUE(said[2].starts_with(R"({"method":"layers.create","params":{"layer":{"id":"added")"));
  EXPECT_EQ(said[3], R"({"method":"outputs.remove","params":{"id":"file"}})");
  EXPECT_EQ(said[4],
            R"({"method":"outputs.add","params":{"output":{"id":"file","url":"other.mkv"}}})");
  EXPECT_EQ(said[5], R"({"method":"scene.patch","params":{"patch":{"canvas":{"fps":60}}}})");
}

TEST(CommandsBetween, AnotherOrderReplacesTheScene) {
  const Scene from = small_state().scene;
  Scene to = from;
  std::swap(to.layers[0], to.layers[1]);
  const auto commands = changes_between(from, to);
  ASSERT_EQ(commands.size(), 1);
  EXPECT_TRUE(std::holds_alternative<ReplaceScene>(commands[0]));
  // What is told of layers does not depend on how outputs are ordered.
  Scene turned = from;
  std::swap(turned.outputs[0], turned.outputs[1]);
  EXPECT_TRUE(changes_between(from, turned).empty());
}

TEST(CommandsBetween, ARedactedUrlIsTheOneItWas) {
  const Scene from = small_state().scene;
  Scene to = from;
  for (Output& each : to.outputs) each.url = base::redacted_url(each.url);
  EXPECT_NE(from, to);
  EXPECT_TRUE(changes_between(from, to).empty());
  EXPECT_TRUE(changes_between(to, from).empty());
}

}  // namespace
}  // namespace layercast::scene
