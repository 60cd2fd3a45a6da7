#include "scene/live/showing.h"

#include "scene/live/phases.h"
#include "tests/scene/live_scene.h"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;
using base::SceneTime;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr EdgeOffsets kEdges{{-100, 0}, {100, 0}, {0, -100}, {0, 100}};

SceneTime at(Duration time) { return {time.count(), 1'000'000'000}; }

// Ten seconds on air: it comes in one second and goes in two.
LiveState state_with_exit() {
  return first_state(scene_from(R"({"version": 1, "scene": "small",
    "canvas": {"width": 640, "height": 360, "fps": 30},
    "layers": [
      {"id": "back", "type": "overlay", "content": {"type": "color", "color": "#102030"}},
      {"id": "card", "type": "overlay", "size": [100, 50],
       "content": {"type": "color", "color": "red"},
       "enter": [{"effect": "fade", "duration": "1s"}],
       "exit": [{"effect": "fade", "from": 1, "to": 0, "duration": "2s"}]},
      {"id": "front", "type": "overlay", "content": {"type": "color", "color": "#00000000"}}]})"),
                     WallTime{});
}

LiveState patched(const LiveState& state, const std::string& patch, Duration now,
                  const std::string& id = "card") {
  return executed(state,
                  command("layers.update", R"({"id": ")" + id + R"(", "patch": )" + patch + "}"),
                  now)
      .state;
}
LiveState shown(const LiveState& state, bool is_shown, Duration now) {
  return patched(state, is_shown ? R"({"visible": true})" : R"({"visible": false})", now);
}
LiveState without(const LiveState& state, const std::string& id, Duration now) {
  return executed(state, command("layers.delete", R"({"id": ")" + id + "\"}"), now).state;
}

double opacity_of(const RunningLayer& layer, Duration time) {
  return is_gone(layer, time)
             ? 0
             : pose_at(layer, at(time)).opacity * motion_of(layer, at(time), kEdges).opacity;
}
double opacity_of(const ExitingLayer& exiting, Duration time) {
  return opacity_of(RunningLayer{exiting.layer, exiting.run}, time);
}
double opacity_of(const LiveState& state, Duration time) {
  return opacity_of(running(state, "card"), time);
}

// --- Coming and going ---

TEST(Enter, PlaysAtTheLayersStart) {
  const LiveState state = state_with_exit();
  EXPECT_EQ(opacity_of(state, seconds(0)), 0);
  EXPECT_EQ(opacity_of(state, milliseconds(250)), 0.25);
  EXPECT_EQ(opacity_of(state, seconds(1)), 1);
  EXPECT_EQ(opacity_of(state, seconds(100)), 1);
}

TEST(Enter, PlaysEachTimeTheLayerIsShownWhileItsContentGoesOn) {
  LiveState state = shown(state_with_exit(), false, seconds(10));
  state = shown(state, true, seconds(20));
  EXPECT_EQ(run_of(state, "card").start, Duration{});
  EXPECT_EQ(run_of(state, "card").shown_since, seconds(20));
  EXPECT_EQ(run_of(state, "card").exit_start, std::nullopt);
  EXPECT_EQ(opacity_of(state, milliseconds(20'500)), 0.5);
  EXPECT_EQ(opacity_of(state, seconds(21)), 1);
  expect_kept(state);
}

TEST(Enter, IsNotPlayedAgainByAChangeOfSomethingElse) {
  LiveState state = patched(state_with_exit(), R"({"z_index": 4})", seconds(10));
  EXPECT_EQ(opacity_of(state, milliseconds(10'100)), 1);
  state = patched(state, R"({"content": {"color": "blue"}})", seconds(11));
  EXPECT_EQ(opacity_of(state, milliseconds(11'100)), 1);
}

TEST(Enter, PlaysAgainWhenTheLayerBeginsAnew) {
  const LiveState state =
      executed(state_with_exit(), command("layers.restart", R"({"id": "card"})"), seconds(10))
          .state;
  EXPECT_EQ(opacity_of(state, milliseconds(10'250)), 0.25);
}

TEST(Exit, PlaysWhenTheLayerIsHiddenAndThenItIsGone) {
  const LiveState state = shown(state_with_exit(), false, seconds(10));
  EXPECT_EQ(run_of(state, "card").exit_start, seconds(10));
  EXPECT_EQ(opacity_of(state, seconds(10)), 1);
  EXPECT_EQ(opacity_of(state, milliseconds(11'500)), 0.25);
  EXPECT_FALSE(is_gone(running(state, "card"), milliseconds(11'999)));
  EXPECT_TRUE(is_gone(running(state, "card"), seconds(12)));
  EXPECT_EQ(gone_from(running(state, "card")), seconds(12));
  expect_kept(state);
}

TEST(Exit, HasNoEffectBeforeTheLayerIsHidden) {
  const LiveState state =
      patched(state_with_exit(),
              R"({"exit": [{"effect": "fade", "from": 0.5, "to": 0, "duration": 1}]})", seconds(5));
  EXPECT_EQ(opacity_of(state, seconds(6)), 1);
}

TEST(Exit, WithoutOneALayerIsGoneAtOnce) {
  LiveState state = patched(state_with_exit(), R"({"exit": null})", seconds(5));
  state = shown(state, false, seconds(10));
  EXPECT_EQ(run_of(state, "card").exit_start, std::nullopt);
  EXPECT_TRUE(is_gone(running(state, "card"), seconds(10)));
}

TEST(Exit, OfALayerThatWasNeverSeenIsNotPlayed) {
  LiveState state = shown(state_with_exit(), false, seconds(10));
  state = shown(state, true, seconds(20));
  state = shown(state, false, seconds(20));
  EXPECT_TRUE(is_gone(running(state, "card"), seconds(20)));
}

TEST(Exit, GoesBackTheSameWayWhenTheLayerIsShownMeanwhile) {
  LiveState state = shown(state_with_exit(), false, seconds(10));
  state = shown(state, true, milliseconds(11'500));
  EXPECT_EQ(opacity_of(state, milliseconds(11'500)), 0.25);
  EXPECT_EQ(opacity_of(state, milliseconds(12'000)), 0.5);
  EXPECT_EQ(opacity_of(state, milliseconds(13'000)), 1);
  EXPECT_FALSE(is_settled(running(state, "card"), at(milliseconds(12'999))));
  EXPECT_TRUE(is_settled(running(state, "card"), at(milliseconds(13'000))));
  EXPECT_EQ(opacity_of(state, seconds(50)), 1);
  expect_kept(state);
  // Hidden again before it is back, it goes on from there.
  state = shown(state, false, milliseconds(12'000));
  EXPECT_EQ(opacity_of(state, milliseconds(12'000)), 0.5);
  EXPECT_EQ(opacity_of(state, milliseconds(12'500)), 0.25);
  EXPECT_TRUE(is_gone(running(state, "card"), seconds(13)));
}

TEST(Exit, OnceBackTheLayerLeavesFromTheBeginning) {
  LiveState state = shown(state_with_exit(), false, seconds(10));
  state = shown(state, true, seconds(11));
  state = shown(state, false, seconds(30));
  EXPECT_EQ(opacity_of(state, seconds(30)), 1);
  EXPECT_EQ(opacity_of(state, seconds(31)), 0.5);
}

TEST(Exit, IsNotPlayedByAnotherOneThatALayerLongGoneIsGiven) {
  LiveState state = shown(state_with_exit(), false, seconds(10));
  state = patched(state, R"({"exit": [{"effect": "fade", "from": 1, "to": 0, "duration": 99}]})",
                  seconds(20));
  EXPECT_TRUE(is_gone(running(state, "card"), seconds(20)));
}

TEST(Exit, AHiddenLayerIsLeftAsItIsByAChangeOfNothing) {
  const LiveState state = shown(state_with_exit(), false, seconds(10));
  EXPECT_EQ(patched(state, "{}", seconds(20)), state);
}

// --- Removed layers ---

TEST(Removal, LetsTheExitPlayThoughTheSceneHasTheLayerNoMore) {
  const LiveState before = state_with_exit();
  LiveState state = without(before, "card", seconds(10));
  EXPECT_EQ(state.scene.layers.size(), 2U);
  ASSERT_EQ(state.run.exiting.size(), 1U);
  EXPECT_EQ(state.run.exiting[0].place, 1U);
  EXPECT_EQ(opacity_of(state.run.exiting[0], milliseconds(10'500)), 0.75);
  EXPECT_TRUE(is_gone({state.run.exiting[0].layer, state.run.exiting[0].run}, seconds(12)));
  EXPECT_EQ(write_json(document_of(state, Secrets::kShown)).find("card"), std::string::npos);
  expect_kept(state);
  // Another change keeps it while it leaves, and forgets it afterwards.
  state = patched(state, R"({"opacity": 0.5})", seconds(11), "back");
  EXPECT_EQ(state.run.exiting.size(), 1U);
  EXPECT_EQ(executed(state, command("stream.start"), seconds(30)).state.run.exiting.size(), 1U);
  state = patched(state, R"({"opacity": 0.6})", seconds(12), "back");
  EXPECT_TRUE(state.run.exiting.empty());
}

TEST(Removal, LeavesTheIdToANewLayer) {
  LiveState state = without(state_with_exit(), "card", seconds(10));
  const auto create = [&](Duration now) {
    state = executed(state, command("layers.create", R"({"layer": {"id": "card", "type": "overlay",
        "content": {"type": "color", "color": "blue"},
        "exit": [{"effect": "fade", "from": 1, "to": 0, "duration": "2s"}]}})"),
                     now)
                .state;
  };
  create(seconds(10));
  EXPECT_EQ(opacity_of(state, seconds(11)), 1);
  EXPECT_EQ(opacity_of(state.run.exiting.at(0), seconds(11)), 0.5);
  state = without(state, "card", seconds(11));
  EXPECT_EQ(state.run.exiting.size(), 2U);
  create(seconds(11));
  expect_kept(state);
  // Never on air, it has nothing to leave.
  state = without(state, "card", seconds(11));
  EXPECT_EQ(state.run.exiting.size(), 2U);
}

TEST(Removal, OfAHiddenLayerLetsItsExitGoOn) {
  LiveState state = shown(state_with_exit(), false, seconds(10));
  state = without(state, "card", seconds(11));
  ASSERT_EQ(state.run.exiting.size(), 1U);
  EXPECT_EQ(opacity_of(state.run.exiting[0], seconds(11)), 0.5);
  state = without(shown(state_with_exit(), false, seconds(10)), "card", seconds(12));
  EXPECT_TRUE(state.run.exiting.empty());
}

TEST(Removal, KeepsThePlaceAmongTheLayersThatStay) {
  LiveState state = state_with_exit();
  const auto exit = state.scene.layers[1]->exit;
  state.scene.layers[0].edit().exit = exit;
  state.scene.layers[2].edit().exit = exit;
  const auto order = [&] {
    std::vector<std::pair<std::string, size_t>> places;
    for (const ExitingLayer& each : state.run.exiting)
      places.emplace_back(each.layer->id, each.place);
    return places;
  };
  using Places = std::vector<std::pair<std::string, size_t>>;
  state = without(state, "card", seconds(10));
  state = without(state, "front", seconds(10));
  EXPECT_EQ(order(), (Places{{"card", 1}, {"front", 1}}));
  state = without(state, "back", seconds(10));
  EXPECT_EQ(order(), (Places{{"back", 0}, {"card", 0}, {"front", 0}}));
}

TEST(Removal, BySceneReplaceLetsLayersLeaveToo) {
  const LiveState before = state_with_exit();
  const LiveState state = executed(before, command("scene.replace", R"({"scene": {"version": 1,
    "scene": "small", "canvas": {"width": 640, "height": 360, "fps": 30}, "layers": [
      {"id": "new", "type": "overlay", "content": {"type": "color", "color": "green"}},
      {"id": "back", "type": "overlay", "content": {"type": "color", "color": "#102030"}},
      {"id": "front", "type": "overlay", "content": {"type": "color", "color": "#00000000"}}]}})"),
                                   seconds(10))
                              .state;
  ASSERT_EQ(state.run.exiting.size(), 1U);
  EXPECT_EQ(state.run.exiting[0].layer->id, "card");
  EXPECT_EQ(state.run.exiting[0].place, 2U);  // still between the back and the front
  EXPECT_EQ(opacity_of(state.run.exiting[0], seconds(11)), 0.5);
}

TEST(Removal, TellsWhetherTheLayerWasAMask) {
  const std::string exit = R"("exit": [{"effect": "fade", "from": 1, "to": 0, "duration": "2s"}])";
  LiveState state = patched(state_with_exit(), "{" + exit + "}", seconds(1), "back");
  state = patched(state, R"({"mask": {"layer": "card"}})", seconds(1), "back");
  const auto masks = [](const LiveState& after) {
    std::vector<std::pair<std::string, bool>> exiting;
    for (const ExitingLayer& each : after.run.exiting) {
      exiting.emplace_back(each.layer->id, each.is_mask);
    }
    return exiting;
  };
  using Masks = std::vector<std::pair<std::string, bool>>;
  const LiveState both = executed(state, command("scene.replace", R"({"scene": {"version": 1,
    "scene": "small", "canvas": {"width": 640, "height": 360, "fps": 30}, "layers": []}})"),
                                  seconds(10))
                             .state;
  EXPECT_EQ(masks(both), (Masks{{"back", false}, {"card", true}}));
  // The masked layer exits first, and later its mask, which another change does not draw.
  LiveState one = without(state, "back", seconds(10));
  one = without(one, "card", seconds(11));
  one = without(one, "front", seconds(11));
  EXPECT_EQ(masks(one), (Masks{{"back", false}, {"card", true}}));
  // A layer that masks no other layer any more is drawn.
  state = patched(state, R"({"mask": null})", seconds(9), "back");
  EXPECT_EQ(masks(without(state, "card", seconds(10))), (Masks{{"card", false}}));
}

TEST(Removal, NeverKeepsMoreThanItsLimit) {
  LiveState state = state_with_exit();
  for (int i = 0; i < 3 * limits::kExitingMax; ++i) {
    const Duration now = seconds(10) + milliseconds(i);
    state = without(state, "card", now);
    Layer card = state.run.exiting.back().layer;
    card.visible = true;
    state.scene.layers.emplace_back(card);
    state.run.layers.set(first_run(card, {}));
    EXPECT_LE(state.run.exiting.size(), static_cast<size_t>(limits::kExitingMax));
  }
  EXPECT_EQ(state.run.exiting.size(), static_cast<size_t>(limits::kExitingMax));
}

// --- Gliding ---

LiveState gliding(const std::string& easing = "linear") {
  return patched(
      state_with_exit(),
      R"({"enter": null, "transition": {"duration": "1s", "easing": ")" + easing + "\"}}",
      seconds(5));
}

TEST(Transition, ALiveChangeGlidesFromWhatIsShown) {
  LiveState state = patched(gliding(), R"({"opacity": 0.2, "transform": {"position": [100, 40],
      "scale": 3, "rotation": 90, "anchor": [0.5, 1]}})",
                            seconds(10));
  const auto pose = [&](Duration time) { return pose_at(running(state, "card"), at(time)); };
  EXPECT_EQ(pose(seconds(10)), (Pose{1, Transform{}, LengthSize{100, 50}}));
  const Pose half = pose(milliseconds(10'500));
  EXPECT_DOUBLE_EQ(half.opacity, 0.6);
  EXPECT_EQ(half.transform, (Transform{{50, 20}, {0.25, 0.5}, {2, 2}, 45}));
  EXPECT_EQ(pose(seconds(11)),
            (Pose{0.2, Transform{{100, 40}, {0.5, 1}, {3, 3}, 90}, LengthSize{100, 50}}));
  expect_kept(state);
  // A second change starts from the present value.
  state = patched(state, R"({"transform": {"position": [0, 120]}})", milliseconds(10'500));
  EXPECT_EQ(pose(milliseconds(10'500)), half);
  EXPECT_EQ(pose(milliseconds(11'000)).transform.position, (LengthPoint{25, 70}));
  // The opacity is not held up by that.
  EXPECT_DOUBLE_EQ(pose(milliseconds(10'750)).opacity, 0.4);
  EXPECT_EQ(pose(seconds(11)).opacity, 0.2);
  EXPECT_EQ(pose(milliseconds(11'500)).transform.position, (LengthPoint{0, 120}));
}

TEST(Transition, WithoutOneOrHiddenAChangeIsThereAtOnce) {
  const LiveState plain = patched(state_with_exit(), R"({"opacity": 0.2})", seconds(10));
  EXPECT_EQ(run_of(plain, "card").transition, std::nullopt);
  LiveState hidden = shown(gliding(), false, seconds(10));
  hidden = patched(hidden, R"({"opacity": 0.2})", seconds(20));
  hidden = shown(hidden, true, seconds(20));
  EXPECT_EQ(pose_at(running(hidden, "card"), at(seconds(20))).opacity, 0.2);
}

TEST(Transition, TakenAwayTheLayerIsWhereItWasGoing) {
  LiveState state = patched(gliding(), R"({"opacity": 0.2})", seconds(10));
  state = patched(state, R"({"transition": null})", milliseconds(10'500));
  EXPECT_EQ(opacity_of(state, milliseconds(10'500)), 0.2);
}

TEST(Transition, ThatIsChangedOnTheWayTimesWhatIsLeft) {
  LiveState state = patched(gliding(), R"({"opacity": 0})", seconds(10));
  state = patched(state, R"({"transition": {"duration": "2s"}})", milliseconds(10'500));
  EXPECT_EQ(opacity_of(state, milliseconds(10'500)), 0.5);
  EXPECT_EQ(opacity_of(state, milliseconds(11'500)), 0.25);
}

TEST(Transition, ACurveThatOvershootsLeavesAStateThatReadsBack) {
  LiveState state = gliding("cubic-bezier(0.5, 9, 0.5, 9)");
  state = patched(state, R"({"opacity": 0.5, "transform": {"position": [100000, -100000],
                             "scale": 900, "rotation": 900000, "anchor": [9, -9]}})",
                  seconds(10));
  state = patched(state, R"({"opacity": 1, "transform": null})", milliseconds(10'500));
  const TransitionRun& from = *run_of(state, "card").transition;
  EXPECT_EQ(from.transform.position, (LengthPoint{100'000, -100'000}));
  EXPECT_EQ(from.opacity, 0);
  expect_kept(state);
}

std::vector<Filter> filters_of(const LiveState& state, Duration time) {
  return filters_at(running(state, "card"), at(time));
}
Filter blur(double radius) { return BlurFilter{radius}; }
Filter saturated(double amount) { return ColorFilter{ColorFilter::Kind::kSaturate, amount}; }
using Filters = std::vector<Filter>;

TEST(Transition, FiltersGlideOneByOne) {
  LiveState state = patched(gliding(), R"({"filters": [{"blur": 8}]})", seconds(10));
  EXPECT_EQ(filters_of(state, seconds(10)), (Filters{blur(0)}));
  EXPECT_EQ(filters_of(state, milliseconds(10'500)), (Filters{blur(4)}));
  EXPECT_EQ(filters_of(state, seconds(11)), (Filters{blur(8)}));
  expect_kept(state);
  // Changed again on the way, they go on from there, the shorter list made as long as the other.
  state = patched(state, R"({"filters": [{"blur": 2}, {"saturate": 3}]})", milliseconds(10'500));
  EXPECT_EQ(filters_of(state, milliseconds(10'500)), (Filters{blur(4), saturated(1)}));
  EXPECT_EQ(filters_of(state, milliseconds(11'000)), (Filters{blur(3), saturated(2)}));
  expect_kept(state);
  state = patched(state, R"({"filters": null})", seconds(20));
  EXPECT_EQ(filters_of(state, milliseconds(20'500)), (Filters{blur(1), saturated(2)}));
  EXPECT_EQ(filters_of(state, seconds(21)), Filters{});
}

TEST(Transition, FiltersGlideBesideWhatElseDoes) {
  LiveState state = patched(gliding(), R"({"opacity": 0})", seconds(10));
  state = patched(state, R"({"filters": [{"blur": 8}]})", milliseconds(10'500));
  EXPECT_EQ(opacity_of(state, milliseconds(10'750)), 0.25);
  EXPECT_EQ(filters_of(state, milliseconds(10'750)), (Filters{blur(2)}));
  state = patched(state, R"({"opacity": 1})", milliseconds(11'250));
  EXPECT_EQ(filters_of(state, milliseconds(11'250)), (Filters{blur(6)}));
  // Over, they are forgotten when something else glides.
  state = patched(state, R"({"opacity": 0.5})", seconds(12));
  EXPECT_EQ(run_of(state, "card").transition->filters_start, std::nullopt);
  EXPECT_EQ(run_of(state, "card").transition->filters, Filters{});
  EXPECT_EQ(filters_of(state, seconds(12)), (Filters{blur(8)}));
}

TEST(Transition, FiltersThatDoNotMatchJump) {
  LiveState state =
      patched(gliding(), R"({"filters": [{"blur": 8}, {"saturate": 2}]})", seconds(10));
  state = patched(state, R"({"filters": [{"saturate": 3}]})", seconds(20));
  EXPECT_EQ(filters_of(state, seconds(20)), (Filters{saturated(3)}));
  EXPECT_EQ(run_of(state, "card").transition, std::nullopt);
  state = patched(state, R"({"filters": [{"blur": 4}], "opacity": 0})", seconds(30));
  EXPECT_EQ(filters_of(state, seconds(30)), (Filters{blur(4)}));
  EXPECT_EQ(opacity_of(state, milliseconds(30'500)), 0.5);
}

TEST(Transition, FiltersThatOvershootLeaveAStateThatReadsBack) {
  LiveState state = gliding("cubic-bezier(0.5, 9, 0.5, 9)");
  state = patched(state, R"({"filters": [{"blur": 200}, {"brightness": 90}, {"invert": 0.9},
      {"hue_rotate": 900000}, {"drop_shadow": {"blur": 200, "offset": [90000, -90000]}}]})",
                  seconds(10));
  EXPECT_EQ(filters_of(state, milliseconds(10'500)).at(0), blur(250));
  state = patched(state, R"({"filters": null})", milliseconds(10'500));
  EXPECT_EQ(run_of(state, "card").transition->filters.at(0), blur(250));
  expect_kept(state);
}

// --- Sizes and contents ---

LengthSize size_of(const LiveState& state, Duration time) {
  return pose_at(running(state, "card"), at(time)).size.value_or(LengthSize{});
}

TEST(Transition, SizeGlidesAlsoBetweenPxAndPercent) {
  LiveState state = patched(gliding(), R"({"size": [300, "50%"]})", seconds(10));
  EXPECT_EQ(size_of(state, seconds(10)), (LengthSize{100, 50}));
  EXPECT_EQ(size_of(state, milliseconds(10'500)), (LengthSize{200, Length{25, 25}}));
  EXPECT_EQ(size_of(state, seconds(11)), (LengthSize{300, Length{0, 50}}));
  EXPECT_FALSE(is_settled(running(state, "card"), at(milliseconds(10'500))));
  EXPECT_TRUE(is_settled(running(state, "card"), at(seconds(11))));
  expect_kept(state);
  // A second change starts from the present value.
  state = patched(state, R"({"size": [100, 50]})", milliseconds(10'500));
  EXPECT_EQ(size_of(state, milliseconds(10'500)), (LengthSize{200, Length{25, 25}}));
  EXPECT_EQ(size_of(state, milliseconds(11'000)), (LengthSize{150, Length{37.5, 12.5}}));
  expect_kept(state);
}

TEST(Transition, SizeOfTheContentJumps) {
  LiveState state = patched(gliding(), R"({"size": null})", seconds(10));
  EXPECT_EQ(pose_at(running(state, "card"), at(milliseconds(10'500))).size, std::nullopt);
  state = patched(state, R"({"size": [300, 50]})", seconds(20));
  EXPECT_EQ(size_of(state, seconds(20)), (LengthSize{300, 50}));
}

std::optional<double> content_faded(const LiveState& state, Duration time, Duration ready = {}) {
  return content_progress(running(state, "card"), ready, at(time));
}

LiveState cross_fading() {
  return patched(state_with_exit(), R"({"transition": {"content": "400ms"}})", seconds(5));
}

TEST(Transition, ContentCrossFadesFromItsChangeOrFromWhenItIsReady) {
  const LiveState state = patched(cross_fading(), R"({"content": {"color": "blue"}})", seconds(10));
  EXPECT_EQ(content_faded(state, seconds(10)), 0);
  EXPECT_EQ(content_faded(state, milliseconds(10'100)), 0.25);
  EXPECT_EQ(content_faded(state, milliseconds(10'400)), std::nullopt);
  EXPECT_EQ(content_faded(state, milliseconds(10'400), milliseconds(10'200)), 0.5);
  expect_kept(state);
  EXPECT_EQ(patched(state, R"({"opacity": 0.5})", seconds(20)).scene.layers.at(1)->opacity, 0.5);
}

TEST(Transition, ContentThatLooksTheSameDoesNotFade) {
  LiveState state = patched(cross_fading(), R"({"opacity": 0.5})", seconds(10));
  EXPECT_EQ(content_faded(state, seconds(10)), std::nullopt);
  EXPECT_EQ(opacity_of(state, seconds(10)), 0.5);  // `duration` is absent: at once
  state = patched(state_with_exit(), R"({"content": {"color": "blue"}})", seconds(10));
  EXPECT_EQ(content_faded(state, seconds(10)), std::nullopt);
}

TEST(Transition, AReloadedFileGlidesAsWell) {
  const LiveState before = gliding();
  Scene wanted = before.scene;
  wanted.layers[1].edit().transform.position = {60, 0};
  LiveState state = before;
  for (const Change& each : changes_between(before.scene, wanted)) {
    state = executed(state, each, seconds(10)).state;
  }
  EXPECT_EQ(pose_at(running(state, "card"), at(milliseconds(10'500))).transform.position.x.px, 30);
  EXPECT_TRUE(changes_between(state.scene, wanted).empty());
}

TEST(Showing, HiddenMidGlideALayerLeavesFromWhereItIs) {
  LiveState state = patched(gliding(), R"({"opacity": 0})", seconds(10));
  state = shown(state, false, milliseconds(10'500));
  EXPECT_EQ(opacity_of(state, milliseconds(10'500)), 0.5);
  EXPECT_EQ(opacity_of(state, milliseconds(10'750)), 0.25 * 0.875);
}

// --- What a file may say ---

std::string fault_of(const std::string& animations) {
  Reader reader;
  const auto layer = layer_codec().read(
      json(R"({"id": "a", "type": "overlay", "content": {"type": "color", "color": "red"}, )" +
           animations + "}"),
      reader);
  EXPECT_EQ(layer.has_value(), reader.faults().empty());
  return reader.faults().empty()
             ? ""
             : reader.faults().front().path + ": " + reader.faults().front().problem;
}

TEST(EnterAndExit, BeginWithTheLayerAndEnd) {
  EXPECT_EQ(fault_of(R"("enter": [{"effect": "fade", "duration": 1, "iterations": "infinite"}])"),
            "");
  EXPECT_EQ(fault_of(R"("enter": [{"effect": "fade", "duration": 1, "start": 3}])"),
            "enter[0].start: this is run state, which a scene does not have");
  EXPECT_EQ(fault_of(R"("exit": [{"effect": "fade", "duration": 1, "iterations": "infinite"}])"),
            "exit[0]: the exit takes too long");
  EXPECT_EQ(fault_of(R"("exit": [{"effect": "fade", "duration": 1, "delay": "10m"}])"),
            "exit[0]: the exit takes too long");
  EXPECT_EQ(fault_of(R"("exit": [{"effect": "fade", "duration": 1, "delay": "9m59s"}])"), "");
  EXPECT_EQ(fault_of(R"("enter": [{"effect": "scroll", "speed": 10}])"),
            "enter[0].effect: a scroll is not allowed here");
}

TEST(Scroll, HasASpeedOrADurationAndOneDirection) {
  EXPECT_EQ(fault_of(R"("animations": [{"effect": "scroll", "speed": 90, "direction": "up"}])"),
            "");
  EXPECT_EQ(fault_of(R"("animations": [{"effect": "scroll", "duration": 9, "gap": 40}])"), "");
  EXPECT_EQ(fault_of(R"("animations": [{"effect": "scroll"}])"),
            "animations[0]: \"duration\" is missing");
  EXPECT_EQ(fault_of(R"("animations": [{"effect": "fade"}])"),
            "animations[0]: \"duration\" is missing");
  EXPECT_EQ(fault_of(R"("animations": [{"effect": "scroll", "speed": 9, "duration": 9}])"),
            "animations[0].duration: cannot be combined with \"speed\"");
  EXPECT_EQ(fault_of(R"("animations": [{"effect": "scroll", "speed": 9, "direction": "reverse"}])"),
            "animations[0].direction: \"reverse\" is not known");
  EXPECT_EQ(fault_of(R"("animations": [{"effect": "fade", "duration": 9, "direction": "up"}])"),
            "animations[0].direction: \"up\" is not known");
}

TEST(Scroll, IsWrittenAsItIsRead) {
  for (const char* text :
       {R"({"effect":"scroll","gap":40,"speed":120,"direction":"up"})",
        R"({"effect":"scroll","duration":"9s","iterations":3})",
        R"({"effect":"fade","duration":"1s","iterations":2,"direction":"alternate"})"}) {
    Reader reader;
    const auto animation = animation_codec().read(json(text), reader);
    ASSERT_TRUE(animation) << text;
    EXPECT_EQ(write_json(animation_codec().write(*animation), 0), text);
  }
}

}  // namespace
}  // namespace layercast::scene
