#include "scene/eval/animated_size.h"
#include "scene/eval/resolved.h"

#include <chrono>
#include <gtest/gtest.h>
#include <optional>

namespace layercast::scene {
namespace {

using base::SizeF;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr base::SizeI kCanvas{1920, 1080};
constexpr Length kHalf{0, 50};

base::SceneTime at(base::Duration time) { return {time.count(), 1'000'000'000}; }

Animation growing(LengthSize to) {
  Keyframe last;
  last.at = 1;
  last.size = to;
  Animation animation{KeyframesEffect{{last}}, {}};
  animation.timing.duration = seconds(2);
  animation.timing.fill = FillMode::kNone;
  return animation;
}

TEST(ResolvedLayer, IsTheSameWithoutPercentages) {
  Layer layer;
  layer.size = LengthSize{100, 50};
  layer.transform.position = {7, 9};
  layer.animations = {growing({20, 20})};
  const base::Shared<Layer> shared(layer);
  EXPECT_EQ(resolved(shared, kCanvas).pointer(), shared.pointer());
  const base::Shared<LayerRun> run;
  EXPECT_EQ(resolved(run, kCanvas).pointer(), run.pointer());
}

TEST(ResolvedLayer, HasItsLengthsInPx) {
  Layer layer;
  layer.size = LengthSize{kHalf, Length{-20, 100}};
  layer.transform.position = {Length{-10, 100}, kHalf};
  layer.exit = {growing({kHalf, 30})};
  const base::Shared<Layer> shared = resolved(base::Shared<Layer>(layer), kCanvas);
  EXPECT_EQ(shared->size, (LengthSize{960, 1060}));
  EXPECT_EQ(shared->transform.position, (LengthPoint{1910, 540}));
  const auto& keyframes = std::get<KeyframesEffect>(shared->exit.at(0).effect).keyframes;
  EXPECT_EQ(keyframes.at(0).size, (LengthSize{960, 30}));
}

TEST(ResolvedLayer, HasASideOfAtLeastOnePixel) {
  Layer layer;
  layer.size = LengthSize{Length{-2000, 50}, Length{0, 900}};
  EXPECT_EQ(resolved(base::Shared<Layer>(layer), {1920, 4000})->size, (LengthSize{1, 16384}));
}

TEST(ResolvedRun, HasTheLengthsOfItsTransitionInPx) {
  LayerRun run;
  run.transition.emplace();
  run.transition->transform.position = {kHalf, 3};
  run.transition->size = {kHalf, kHalf};
  const auto shared = resolved(base::Shared<LayerRun>(run), kCanvas);
  EXPECT_EQ(shared->transition->transform.position, (LengthPoint{960, 3}));
  EXPECT_EQ(shared->transition->size, (LengthSize{960, 540}));
}

TEST(AnimatedSize, ComesFromTheLayerAndReturnsToIt) {
  Layer layer;
  layer.animations = {growing({300, 50})};
  const LayerRun run;
  const RunningLayer running{layer, run};
  EXPECT_TRUE(changes_size(running));
  EXPECT_EQ(size_at(running, {100, 50}, at(seconds(0))), (SizeF{100, 50}));
  EXPECT_EQ(size_at(running, {100, 50}, at(milliseconds(500))), (SizeF{150, 50}));
  EXPECT_EQ(size_at(running, {100, 50}, at(seconds(2))), (SizeF{100, 50}));
}

TEST(AnimatedSize, OfALaterAnimationReplacesThatOfAnEarlierOne) {
  Layer layer;
  layer.animations = {growing({300, 50}), growing({500, 70})};
  const LayerRun run;
  // Half a second: the first makes it 150 × 50, from which the second goes a quarter of the way.
  EXPECT_EQ(size_at({layer, run}, {100, 50}, at(milliseconds(500))), (SizeF{237.5, 55}));
}

TEST(AnimatedSize, OvershootingStaysAtOnePixel) {
  Layer layer;
  layer.animations = {growing({1, 1})};
  layer.animations[0].timing.easing = CubicBezier{0.5, 0, 0.5, 9};
  const LayerRun run;
  EXPECT_EQ(size_at({layer, run}, {100, 50}, at(seconds(1))), (SizeF{1, 1}));
}

}  // namespace
}  // namespace layercast::scene
