#include "scene/model/filter.h"

#include "scene/eval/animated_filters.h"

#include <chrono>
#include <cstdint>
#include <gtest/gtest.h>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

using std::chrono::milliseconds;
using Kind = ColorFilter::Kind;
using Filters = std::vector<Filter>;

const Filters kNone;

Filter color(Kind kind, double amount) { return ColorFilter{kind, amount}; }
Filter blur(double radius) { return BlurFilter{radius}; }

TEST(MixedFilters, BlendOneByOneWhereTheFunctionsAreTheSame) {
  const Filters from = {blur(2), color(Kind::kContrast, 0.5)};
  const Filters to = {blur(10), color(Kind::kContrast, 1.5)};
  EXPECT_EQ(mixed(from, to, 0), from);
  EXPECT_EQ(mixed(from, to, 0.25), (Filters{blur(4), color(Kind::kContrast, 0.75)}));
  EXPECT_EQ(mixed(from, to, 1), to);
}

TEST(MixedFilters, BlursBlendIfTheirEdgesAreTheSame) {
  const Filter clamped = BlurFilter{8, BlurEdge::kClamp};
  EXPECT_EQ(mixed(kNone, {clamped}, 0.5), (Filters{BlurFilter{4, BlurEdge::kClamp}}));
  EXPECT_EQ(mixed({clamped}, {BlurFilter{0, BlurEdge::kClamp}}, 0.25),
            (Filters{BlurFilter{6, BlurEdge::kClamp}}));
  EXPECT_FALSE(can_blend({clamped}, {blur(8)}));
  EXPECT_EQ(mixed({clamped}, {blur(4)}, 0.49), Filters{clamped});
  EXPECT_EQ(mixed({clamped}, {blur(4)}, 0.5), Filters{blur(4)});
}

TEST(MixedFilters, BlendOnlyInTheSameOrder) {
  const Filter gray = color(Kind::kGrayscale, 1);
  EXPECT_TRUE(can_blend({blur(2), gray}, {blur(10)}));
  EXPECT_TRUE(can_blend(kNone, {gray}));
  EXPECT_FALSE(can_blend({blur(2), gray}, {gray}));
  EXPECT_FALSE(can_blend({gray}, {color(Kind::kSepia, 1)}));
}

TEST(MixedFilters, StayWithinTheirLimits) {
  EXPECT_EQ(mixed({blur(0)}, {blur(200)}, 2), (Filters{blur(250)}));
  EXPECT_EQ(mixed({color(Kind::kContrast, 1)}, {color(Kind::kContrast, 90)}, 2),
            (Filters{color(Kind::kContrast, 100)}));
  EXPECT_EQ(mixed({color(Kind::kSepia, 0)}, {color(Kind::kSepia, 1)}, -1),
            (Filters{color(Kind::kSepia, 0)}));
}

TEST(MixedFilters, AShorterListIsFilledUpWithWhatDoesNothing) {
  const Filters all = {blur(8),
                       color(Kind::kBrightness, 3),
                       color(Kind::kContrast, 0),
                       color(Kind::kSaturate, 2),
                       color(Kind::kHueRotate, 90),
                       color(Kind::kGrayscale, 1),
                       color(Kind::kInvert, 0.5),
                       color(Kind::kSepia, 1),
                       color(Kind::kOpacity, 0)};
  const Filters half = {blur(4),
                        color(Kind::kBrightness, 2),
                        color(Kind::kContrast, 0.5),
                        color(Kind::kSaturate, 1.5),
                        color(Kind::kHueRotate, 45),
                        color(Kind::kGrayscale, 0.5),
                        color(Kind::kInvert, 0.25),
                        color(Kind::kSepia, 0.5),
                        color(Kind::kOpacity, 0.5)};
  EXPECT_EQ(mixed(kNone, all, 0.5), half);
  EXPECT_EQ(mixed(all, kNone, 0.5), half);
  EXPECT_EQ(mixed({blur(8)}, all, 1), all);
}

TEST(MixedFilters, OfOtherFunctionsChangeAtOnceHalfWay) {
  const Filters from = {blur(2), color(Kind::kContrast, 0.5)};
  const Filters to = {blur(2), color(Kind::kSepia, 0.5)};
  EXPECT_EQ(mixed(from, to, 0.49), from);
  EXPECT_EQ(mixed(from, to, 0.5), to);
  const Filters shadow = {DropShadowFilter{}};
  EXPECT_EQ(mixed(shadow, from, 0.49), shadow);
  EXPECT_EQ(mixed(shadow, from, 0.51), from);
}

TEST(MixedFilters, ShadowsBlendTheirColoursPremultiplied) {
  const Filter red = DropShadowFilter{{255, 0, 0, 255}, 4, {10, 0}};
  EXPECT_EQ(mixed(kNone, {red}, 0.5), (Filters{DropShadowFilter{{255, 0, 0, 128}, 2, {5, 0}}}));
  const Filter faint = DropShadowFilter{{0, 0, 255, 85}, 4, {10, 0}};
  EXPECT_EQ(mixed({red}, {faint}, 0.5), (Filters{DropShadowFilter{{191, 0, 64, 170}, 4, {10, 0}}}));
}

TEST(MixedFilters, AScreenFadesInFromNoneAtAll) {
  const Filter key = ChromaKeyFilter{{0, 0, 255, 255}, 0.5, 0.25, 0.125};
  EXPECT_EQ(mixed(kNone, {key}, 0.5),
            (Filters{ChromaKeyFilter{{0, 0, 255, 255}, 0.25, 0.125, 0.0625}}));
}

TEST(MixedFilters, StayWithinWhatTheirFunctionsTake) {
  const Filters from = {blur(1), color(Kind::kSepia, 0.5), color(Kind::kBrightness, 1)};
  const Filters to = {blur(0), color(Kind::kSepia, 1), color(Kind::kBrightness, 0)};
  EXPECT_EQ(mixed(from, to, 2),
            (Filters{blur(0), color(Kind::kSepia, 1), color(Kind::kBrightness, 0)}));
}

TEST(MixedFilters, AreTheSameWhereNobodySeesADifference) {
  const Filters from = {blur(0), color(Kind::kContrast, 1)};
  const Filters to = {blur(10), color(Kind::kContrast, 2)};
  EXPECT_EQ(mixed(from, to, 0.3), mixed(from, to, 0.30001));
  EXPECT_NE(mixed(from, to, 0.3), mixed(from, to, 0.31));
}

TEST(Neutral, DoesNothing) {
  for (const Filter& filter :
       {blur(8), color(Kind::kBrightness, 3), color(Kind::kHueRotate, 9), color(Kind::kInvert, 1),
        color(Kind::kOpacity, 0.5), Filter{DropShadowFilter{{1, 2, 3, 4}, 5, {6, 7}}},
        Filter{ChromaKeyFilter{}}}) {
    EXPECT_FALSE(does_nothing(filter));
    EXPECT_TRUE(does_nothing(neutral(filter)));
  }
}

// ---- Keyframes ----

Animation keyframed(std::vector<Keyframe> keyframes) {
  Animation animation{KeyframesEffect{std::move(keyframes)}, {}};
  animation.timing.duration = milliseconds(1000);
  return animation;
}

Keyframe filters_at(double at, Filters filters) {
  Keyframe keyframe;
  keyframe.at = at;
  keyframe.filters = std::move(filters);
  return keyframe;
}

// Of a layer with these animations and filters.
Filters shown(std::vector<Animation> animations, int64_t ms, Filters own = {}) {
  Layer layer;
  layer.animations = std::move(animations);
  replace_filters({layer, {}}, base::SceneTime{ms, 1000}, own);
  return own;
}

TEST(AnimatedFilters, BlendBetweenKeyframes) {
  const std::vector<Animation> animations = {
      keyframed({filters_at(0, {blur(0)}), filters_at(0.5, {blur(8)}), filters_at(1, {blur(4)})})};
  EXPECT_EQ(shown(animations, 250), Filters{blur(4)});
  EXPECT_EQ(shown(animations, 500), Filters{blur(8)});
  EXPECT_EQ(shown(animations, 750), Filters{blur(6)});
  EXPECT_EQ(shown(animations, 5000), Filters{blur(4)});
}

TEST(AnimatedFilters, ComeFromAndGoToTheLayersOwn) {
  const std::vector<Animation> animations = {keyframed({filters_at(0.5, {blur(8)})})};
  EXPECT_EQ(shown(animations, 0, {blur(2)}), Filters{blur(2)});
  EXPECT_EQ(shown(animations, 250, {blur(2)}), Filters{blur(5)});
  EXPECT_EQ(shown(animations, 750, {blur(2)}), Filters{blur(5)});
  EXPECT_EQ(shown(animations, 250), Filters{blur(4)});
}

TEST(AnimatedFilters, StandInForTheLayersOwnWhileTheyAreInEffect) {
  Animation animation = keyframed(
      {filters_at(0, {color(Kind::kSepia, 1)}), filters_at(1, {color(Kind::kSepia, 0.5)})});
  animation.timing.delay = milliseconds(500);
  animation.timing.fill = FillMode::kNone;
  EXPECT_EQ(shown({animation}, 100, {blur(2)}), Filters{blur(2)});
  EXPECT_EQ(shown({animation}, 1000, {blur(2)}), (Filters{color(Kind::kSepia, 0.75)}));
  EXPECT_EQ(shown({animation}, 1500, {blur(2)}), Filters{blur(2)});
}

TEST(AnimatedFilters, LaterAnimationsStandInForEarlierOnes) {
  const Animation one = keyframed({filters_at(0, {blur(1)}), filters_at(1, {blur(1)})});
  const Animation other = keyframed({filters_at(1, {blur(9)})});
  EXPECT_EQ(shown({one, other}, 500), Filters{blur(5)});
  EXPECT_EQ(shown({other, one}, 500), Filters{blur(1)});
}

TEST(AnimatedFilters, KeyframesHaveEasingsOfTheirOwn) {
  Keyframe first = filters_at(0, {blur(0)});
  first.easing = Easing{Steps{2, Steps::Jump::kEnd}};
  const std::vector<Animation> animations = {keyframed({first, filters_at(1, {blur(8)})})};
  EXPECT_EQ(shown(animations, 490), Filters{blur(0)});
  EXPECT_EQ(shown(animations, 510), Filters{blur(4)});
}

TEST(AnimatedFilters, EnterWhenTheLayerIsShownAndLeaveWhenItIsHidden) {
  Layer layer;
  LayerRun run;
  run.shown_since = milliseconds(2000);
  layer.enter = {keyframed({filters_at(0, {blur(8)})})};
  layer.exit = {keyframed({filters_at(1, {blur(4)})})};
  const auto shown_at = [&](int64_t ms) {
    Filters filters;
    replace_filters({layer, run}, base::SceneTime{ms, 1000}, filters);
    return filters;
  };
  EXPECT_EQ(shown_at(2250), Filters{blur(6)});
  EXPECT_EQ(shown_at(3000), Filters{blur(0)});
  layer.visible = false;
  run.exit_start = milliseconds(5000);
  EXPECT_EQ(shown_at(5500), Filters{blur(2)});
  // It is shown again at 5.5 s: what was played until then plays backwards until 6 s.
  layer.visible = true;
  run.exit_start = milliseconds(6000);
  EXPECT_EQ(shown_at(5750), Filters{blur(1)});
  EXPECT_EQ(shown_at(6250), Filters{blur(0)});
}

TEST(AnimatedFilters, AreOnlyThoseOfKeyframesThatHoldSome) {
  Keyframe faded;
  faded.opacity = 0.5;
  EXPECT_FALSE(holds_filters({keyframed({faded}), Animation{FadeEffect{}, {}}}));
  EXPECT_TRUE(holds_filters({keyframed({faded, filters_at(1, {})})}));
  EXPECT_EQ(shown({keyframed({faded})}, 500, {blur(3)}), Filters{blur(3)});
}

}  // namespace
}  // namespace layercast::scene
