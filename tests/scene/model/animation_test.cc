#include "scene/model/animation.h"

#include <array>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <limits>
#include <optional>
#include <vector>

namespace layercast::scene {
namespace {

using base::Duration;
using base::FrameRate;
using base::PointF;
using base::SceneTime;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr double kForEver = std::numeric_limits<double>::infinity();
constexpr auto kNormal = PlaybackDirection::kNormal;
constexpr auto kReverse = PlaybackDirection::kReverse;
constexpr auto kAlternate = PlaybackDirection::kAlternate;
constexpr auto kAlternateReverse = PlaybackDirection::kAlternateReverse;

SceneTime at_ms(int64_t ms) { return {ms, 1000}; }

Timing timing_of(int64_t delay_ms, int64_t duration_ms, double iterations = 1,
                 PlaybackDirection direction = kNormal, FillMode fill = FillMode::kBoth) {
  Timing timing;
  timing.delay = milliseconds(delay_ms);
  timing.duration = milliseconds(duration_ms);
  timing.iterations = iterations;
  timing.direction = direction;
  timing.fill = fill;
  return timing;
}

std::optional<double> progress_ms(const Timing& timing, int64_t ms) {
  return progress_at(timing, at_ms(ms));
}

struct TimingCase {
  double iterations;
  PlaybackDirection direction;
  int64_t duration_ms;
  int64_t ms;  ///< since the scene's first frame; the delay is 1 s
  double progress;
};

TEST(Timing, FollowsTheStandardInEveryPhase) {
  // Worked by hand from Web Animations Level 1, sections 4.8 and 4.9.
  constexpr std::array kCases = {
      // Before: the first iteration's first instant.
      TimingCase{1, kNormal, 2000, 0, 0},
      TimingCase{1, kReverse, 2000, 0, 1},
      TimingCase{2, kAlternate, 2000, 999, 0},
      TimingCase{2, kAlternateReverse, 2000, 999, 1},
      TimingCase{0, kNormal, 2000, 0, 0},
      TimingCase{0, kReverse, 2000, 0, 1},
      TimingCase{1, kNormal, 0, 999, 0},
      TimingCase{kForEver, kReverse, 0, 999, 1},
      // Active.
      TimingCase{1, kNormal, 2000, 1000, 0},
      TimingCase{1, kNormal, 2000, 1500, 0.25},
      TimingCase{1, kReverse, 2000, 1500, 0.75},
      TimingCase{2, kNormal, 2000, 3000, 0},
      TimingCase{2, kNormal, 2000, 4500, 0.75},
      TimingCase{2, kReverse, 2000, 3000, 1},
      TimingCase{2, kReverse, 2000, 4500, 0.25},
      TimingCase{3, kAlternate, 2000, 2500, 0.75},
      TimingCase{3, kAlternate, 2000, 3000, 1},
      TimingCase{3, kAlternate, 2000, 3500, 0.75},
      TimingCase{3, kAlternate, 2000, 5500, 0.25},
      TimingCase{3, kAlternateReverse, 2000, 1500, 0.75},
      TimingCase{3, kAlternateReverse, 2000, 3000, 0},
      TimingCase{3, kAlternateReverse, 2000, 3500, 0.25},
      TimingCase{2.5, kNormal, 2000, 5500, 0.25},
      TimingCase{kForEver, kNormal, 2000, 1'001'500, 0.25},
      TimingCase{kForEver, kAlternate, 2000, 3500, 0.75},
      // After: the last instant that was played, cut short where the count is.
      TimingCase{1, kNormal, 2000, 3000, 1},
      TimingCase{1, kNormal, 2000, 9000, 1},
      TimingCase{1, kReverse, 2000, 3000, 0},
      TimingCase{2, kNormal, 2000, 5000, 1},
      TimingCase{2, kReverse, 2000, 5000, 0},
      TimingCase{2, kAlternate, 2000, 5000, 0},
      TimingCase{3, kAlternate, 2000, 7000, 1},
      TimingCase{2, kAlternateReverse, 2000, 5000, 1},
      TimingCase{3, kAlternateReverse, 2000, 7000, 0},
      TimingCase{2.25, kNormal, 2000, 5500, 0.25},
      TimingCase{2.25, kReverse, 2000, 5500, 0.75},
      TimingCase{1.25, kAlternate, 2000, 3500, 0.75},
      TimingCase{2.25, kAlternate, 2000, 5500, 0.25},
      TimingCase{1.25, kAlternateReverse, 2000, 3500, 0.25},
      TimingCase{0.75, kNormal, 2000, 2500, 0.75},
      TimingCase{0, kNormal, 2000, 1000, 0},
      TimingCase{0, kReverse, 2000, 9000, 1},
      TimingCase{0, kAlternateReverse, 2000, 9000, 1},
      // No length: over as soon as it begins.
      TimingCase{1, kNormal, 0, 1000, 1},
      TimingCase{1, kReverse, 0, 1000, 0},
      TimingCase{2, kAlternate, 0, 1000, 0},
      TimingCase{2.25, kNormal, 0, 1000, 0.25},
      TimingCase{0, kNormal, 0, 1000, 0},
      TimingCase{kForEver, kNormal, 0, 1000, 1},
      TimingCase{kForEver, kReverse, 0, 1000, 0},
      TimingCase{kForEver, kAlternate, 0, 1000, 1},
      TimingCase{kForEver, kAlternateReverse, 0, 1000, 0},
  };
  int row = 0;
  for (const auto& [iterations, direction, duration_ms, ms, progress] : kCases) {
    const auto actual = progress_ms(timing_of(1000, duration_ms, iterations, direction), ms);
    ASSERT_TRUE(actual) << "row " << row;
    EXPECT_EQ(*actual, progress) << "row " << row;
    ++row;
  }
}

struct FillCase {
  FillMode fill;
  bool before;
  bool after;
};

TEST(Timing, FillSaysWhetherThereIsAnEffectOutside) {
  constexpr std::array kCases = {
      FillCase{FillMode::kNone, false, false}, FillCase{FillMode::kForwards, false, true},
      FillCase{FillMode::kBackwards, true, false}, FillCase{FillMode::kBoth, true, true}};
  for (const auto& [fill, before, after] : kCases) {
    for (const auto direction : {kNormal, kReverse, kAlternate, kAlternateReverse}) {
      const Timing timing = timing_of(1000, 2000, 1, direction, fill);
      EXPECT_EQ(progress_ms(timing, 0).has_value(), before);
      EXPECT_EQ(progress_ms(timing, 999).has_value(), before);
      EXPECT_TRUE(progress_ms(timing, 1000).has_value());
      EXPECT_TRUE(progress_ms(timing, 2999).has_value());
      EXPECT_EQ(progress_ms(timing, 3000).has_value(), after);
      EXPECT_EQ(progress_ms(timing, 9000).has_value(), after);
      const Timing empty = timing_of(1000, 0, 1, direction, fill);
      EXPECT_EQ(progress_ms(empty, 999).has_value(), before);
      EXPECT_EQ(progress_ms(empty, 1000).has_value(), after);
    }
  }
}

TEST(Timing, PhasesBeginAtTheExactInstant) {
  // Frame 30 of 30000/1001 starts at 1.001 s.
  const FrameRate ntsc{30000, 1001};
  Timing timing = timing_of(1001, 1001, 1, kNormal, FillMode::kNone);
  EXPECT_EQ(progress_at(timing, ntsc.time_of(29)), std::nullopt);
  EXPECT_EQ(progress_at(timing, ntsc.time_of(30)), 0.0);
  EXPECT_EQ(progress_at(timing, ntsc.time_of(45)), 0.5);
  EXPECT_TRUE(progress_at(timing, ntsc.time_of(59)).has_value());
  EXPECT_EQ(progress_at(timing, ntsc.time_of(60)), std::nullopt);
  timing.delay += nanoseconds(1);
  EXPECT_EQ(progress_at(timing, ntsc.time_of(30)), std::nullopt);
  EXPECT_TRUE(progress_at(timing, ntsc.time_of(60)).has_value());
}

TEST(Timing, AFractionOfAnIterationEndsAtTheNearestNanosecond) {
  // 0.1 is a little above a tenth in binary; a tenth of a second is what was meant.
  const Timing tenth = timing_of(0, 1000, 0.1, kNormal, FillMode::kNone);
  EXPECT_TRUE(progress_ms(tenth, 99).has_value());
  EXPECT_EQ(progress_ms(tenth, 100), std::nullopt);
}

TEST(Timing, DoesNotDriftInTenHours) {
  const FrameRate rate{60000, 1001};
  const Timing spin = timing_of(0, 1700, kForEver);
  const Timing swing = timing_of(0, 1700, kForEver, kAlternate);
  const int64_t period = 1'700'000'000 * int64_t{60000};  // in 1/60000 ns
  for (int64_t index = 2'157'842; index < 2'159'842; ++index) {
    const int64_t passed = index * 1001 * int64_t{1'000'000'000};
    const auto exact = [&](int64_t part) {
      return static_cast<double>(part) / static_cast<double>(period);
    };
    const int64_t part = passed % period;
    const bool odd = passed / period % 2 == 1;
    ASSERT_EQ(progress_at(spin, rate.time_of(index)), exact(part));
    ASSERT_EQ(progress_at(swing, rate.time_of(index)), exact(odd ? period - part : part));
  }
}

TEST(Timing, CountsBeyondEveryStreamRunForEver) {
  const Timing timing = timing_of(0, 100'000'000, 1e9, kNormal, FillMode::kNone);
  EXPECT_EQ(progress_at(timing, SceneTime{100LL * 365 * 86400 + 25'000, 1}), 0.25);
}

TEST(Timing, ANegativeDelayStartsInTheMiddle) {
  const Timing timing = timing_of(-500, 2000);
  EXPECT_EQ(progress_ms(timing, 0), 0.25);
  EXPECT_EQ(progress_ms(timing, 1500), 1.0);
}

TEST(Timing, EasesTheDirectedProgress) {
  Timing timing = timing_of(0, 1000);
  timing.easing = CubicBezier{0.42, 0, 1, 1};
  const double ease_in = eased(timing.easing, 0.25);
  EXPECT_EQ(progress_ms(timing, 250), ease_in);
  timing.direction = kReverse;
  EXPECT_EQ(progress_ms(timing, 750), ease_in);
}

TEST(Timing, StepStartWaitsForTheIntervalOnTheSideItIsPlayedFrom) {
  Timing timing = timing_of(1000, 1000);
  timing.easing = Steps{4, Steps::Jump::kStart};
  EXPECT_EQ(progress_ms(timing, 999), 0.0);
  EXPECT_EQ(progress_ms(timing, 1000), 0.25);
  EXPECT_EQ(progress_ms(timing, 2000), 1.0);
  timing.direction = kReverse;
  EXPECT_EQ(progress_ms(timing, 999), 1.0);
  EXPECT_EQ(progress_ms(timing, 1000), 1.0);
  EXPECT_EQ(progress_ms(timing, 1999), 0.25);
  EXPECT_EQ(progress_ms(timing, 2000), 0.0);
}

TEST(Timing, StepsRiseOnTheFrameTheyAreDue) {
  // 100 steps in 10 s at 30 frames/s: one every third frame, without exception.
  Timing timing = timing_of(0, 10'000);
  timing.easing = Steps{100, Steps::Jump::kEnd};
  const FrameRate rate{30, 1};
  for (int64_t index = 0; index < 300; ++index) {
    const int64_t rises = index / 3;
    ASSERT_EQ(progress_at(timing, rate.time_of(index)), static_cast<double>(rises) / 100);
  }
}

// Motion.

constexpr EdgeOffsets kEdges{{-300, 0}, {2000, 0}, {0, -400}, {0, 1100}};

Animation animation(Effect effect, int64_t duration_ms = 1000) {
  return {std::move(effect), timing_of(0, duration_ms)};
}

LayerMotion motion_ms(const std::vector<Animation>& animations, int64_t ms) {
  return motion_at(animations, at_ms(ms), kEdges);
}

TEST(Motion, BeginsWithTheLayerOrAtAStartOfItsOwn) {
  const std::vector<Animation> both = {animation(RotateEffect{0, 100}),
                                       animation(FadeEffect{0, 1})};
  const AnimationStarts starts = {std::nullopt, std::chrono::seconds(5)};
  const auto at = [&](int64_t ms) {
    return motion_at(both, at_ms(ms), kEdges, std::chrono::seconds(2), starts);
  };
  EXPECT_EQ(at(0).rotation, 0);
  EXPECT_EQ(at(2500).rotation, 50);
  EXPECT_EQ(at(2500).opacity, 0);
  EXPECT_EQ(at(5250).opacity, 0.25);
  EXPECT_EQ(at(5250).rotation, 100);
}

TEST(Motion, BeforeItsStartIsAsDuringADelay) {
  for (const FillMode fill :
       {FillMode::kNone, FillMode::kForwards, FillMode::kBackwards, FillMode::kBoth}) {
    Animation later = animation(FadeEffect{0.25, 1});
    later.timing.fill = fill;
    Animation delayed = later;
    delayed.timing.delay = std::chrono::seconds(7);
    for (const int64_t ms : {0, 6999, 7000, 7500, 8000, 9000}) {
      const AnimationStarts starts = {std::chrono::seconds(7)};
      EXPECT_EQ(motion_at({later}, at_ms(ms), kEdges, {}, starts).opacity,
                motion_ms({delayed}, ms).opacity)
          << ms;
    }
  }
}

TEST(Motion, KeepsAnExactPhaseYearsAfterItsStart) {
  Timing timing = timing_of(0, 1000);
  timing.iterations = std::numeric_limits<double>::infinity();
  const base::FrameRate rate{30000, 1001};
  // 30,000 frames take exactly 1001 s.
  const base::Duration start = std::chrono::seconds(1001) * 500'000;
  for (const int64_t index : {0, 1, 15, 29, 30000}) {
    EXPECT_EQ(progress_at(timing, rate.time_of(int64_t{30000} * 500'000 + index), start),
              progress_at(timing, rate.time_of(index)));
  }
}

TEST(Motion, OfNothingIsNeutral) {
  const LayerMotion motion = motion_ms({}, 500);
  EXPECT_EQ(motion.opacity, 1);
  EXPECT_EQ(motion.offset, (PointF{0, 0}));
  EXPECT_EQ(motion.scale, (PointF{1, 1}));
  EXPECT_EQ(motion.rotation, 0);
}

TEST(Motion, EffectsBeginAndEndExactlyAtTheirValues) {
  const std::vector<Animation> all = {
      animation(FadeEffect{0.1, 0.7}), animation(SlideEffect{PointF{0.1, -7.3}, PointF{0.7, 3.1}}),
      animation(ScaleEffect{{0.1, 3}, {0.7, 0.3}}), animation(RotateEffect{0.1, 0.7})};
  const LayerMotion start = motion_ms(all, 0);
  EXPECT_EQ(start.opacity, 0.1);
  EXPECT_EQ(start.offset, (PointF{0.1, -7.3}));
  EXPECT_EQ(start.scale, (PointF{0.1, 3}));
  EXPECT_EQ(start.rotation, 0.1);
  const LayerMotion end = motion_ms(all, 1000);
  EXPECT_EQ(end.opacity, 0.7);
  EXPECT_EQ(end.offset, (PointF{0.7, 3.1}));
  EXPECT_EQ(end.scale, (PointF{0.7, 0.3}));
  EXPECT_EQ(end.rotation, 0.7);
}

TEST(Motion, WhatIsConstantStaysSo) {
  for (int64_t ms = 0; ms <= 1000; ms += 7) {
    ASSERT_EQ(motion_ms({animation(FadeEffect{0.3, 0.3})}, ms).opacity, 0.3);
  }
}

TEST(Motion, EffectsOnOneLayerCombine) {
  const std::vector<Animation> all = {
      animation(FadeEffect{0, 1}),
      animation(FadeEffect{1, 0.5}),
      animation(SlideEffect{PointF{100, 0}, PointF{0, 0}}),
      animation(SlideEffect{PointF{0, 0}, PointF{8, -16}}),
      animation(ScaleEffect{{1, 1}, {3, 1}}),
      animation(ScaleEffect{{1, 2}, {1, 4}}),
      animation(RotateEffect{0, 90}),
      animation(RotateEffect{0, -10}),
  };
  const LayerMotion motion = motion_ms(all, 500);
  EXPECT_EQ(motion.opacity, 0.5 * 0.75);
  EXPECT_EQ(motion.offset, (PointF{54, -8}));
  EXPECT_EQ(motion.scale, (PointF{2, 3}));
  EXPECT_EQ(motion.rotation, 40);
}

TEST(Motion, DirectionsStandForTheEdges) {
  const auto offset_from = [](Direction direction, int64_t ms) {
    return motion_ms({animation(SlideEffect{direction, PointF{0, 0}})}, ms).offset;
  };
  EXPECT_EQ(offset_from(Direction::kLeft, 0), (PointF{-300, 0}));
  EXPECT_EQ(offset_from(Direction::kRight, 0), (PointF{2000, 0}));
  EXPECT_EQ(offset_from(Direction::kUp, 0), (PointF{0, -400}));
  EXPECT_EQ(offset_from(Direction::kDown, 0), (PointF{0, 1100}));
  EXPECT_EQ(offset_from(Direction::kLeft, 500), (PointF{-150, 0}));
  const auto across = animation(SlideEffect{Direction::kLeft, Direction::kUp});
  EXPECT_EQ(motion_ms({across}, 1000).offset, (PointF{0, -400}));
}

TEST(Motion, AnAnimationWithoutEffectIsLeftOut) {
  Animation fade = animation(FadeEffect{0, 0.5});
  fade.timing.fill = FillMode::kNone;
  EXPECT_EQ(motion_ms({fade}, 500).opacity, 0.25);
  EXPECT_EQ(motion_ms({fade}, 1000).opacity, 1);
}

TEST(Motion, OvershootKeepsOpacityInRangeAndMovesBeyond) {
  Animation fade = animation(FadeEffect{0, 1});
  Animation slide = animation(SlideEffect{PointF{0, 0}, PointF{100, 0}});
  fade.timing.easing = slide.timing.easing = CubicBezier{0.68, -0.55, 0.265, 1.55};
  EXPECT_EQ(motion_ms({fade}, 100).opacity, 0);
  EXPECT_EQ(motion_ms({fade}, 750).opacity, 1);
  // Two factors below zero must not make a layer appear.
  EXPECT_EQ(motion_ms({fade, fade}, 100).opacity, 0);
  EXPECT_LT(motion_ms({slide}, 100).offset.x, 0);
  EXPECT_GT(motion_ms({slide}, 750).offset.x, 100);
}

TEST(Motion, StaysFiniteWhateverIsMultiplied) {
  Animation scale = animation(ScaleEffect{{-1000, 1000}, {1000, 1000}});
  scale.timing.easing = CubicBezier{0.1, 1000, 0.2, -1000};
  const std::vector<Animation> many(64, scale);
  for (int64_t ms = 0; ms <= 1000; ms += 50) {
    const LayerMotion motion = motion_ms(many, ms);
    ASSERT_TRUE(std::isfinite(motion.scale.x) && std::isfinite(motion.scale.y)) << ms;
  }
}

// Keyframes.

Keyframe opacity_at(double at, double opacity, std::optional<Easing> easing = {}) {
  Keyframe keyframe;
  keyframe.at = at;
  keyframe.opacity = opacity;
  keyframe.easing = easing;
  return keyframe;
}

Keyframe x_at(double at, double x, std::optional<Easing> easing = {}) {
  Keyframe keyframe;
  keyframe.at = at;
  keyframe.position = PointF{x, 2 * x};
  keyframe.easing = easing;
  return keyframe;
}

Animation keyframes(std::vector<Keyframe> list, Easing easing = LinearEasing{}) {
  Animation made = animation(KeyframesEffect{std::move(list)});
  made.timing.easing = easing;
  return made;
}

double x_ms(const Animation& made, int64_t ms) { return motion_ms({made}, ms).offset.x; }

TEST(Keyframes, RunThroughEachValueInTurn) {
  const Animation path = keyframes({x_at(0, 10), x_at(0.25, 110), x_at(0.75, -90), x_at(1, 10)});
  EXPECT_EQ(x_ms(path, 0), 10);
  EXPECT_EQ(x_ms(path, 125), 60);
  EXPECT_EQ(x_ms(path, 250), 110);
  EXPECT_EQ(x_ms(path, 500), 10);
  EXPECT_EQ(x_ms(path, 750), -90);
  EXPECT_EQ(x_ms(path, 875), -40);
  EXPECT_EQ(x_ms(path, 1000), 10);
  EXPECT_EQ(motion_ms({path}, 125).offset.y, 120);
}

TEST(Keyframes, AreNeutralWhereAnEndIsMissing) {
  const Animation dip = keyframes({opacity_at(0.5, 0)});
  EXPECT_EQ(motion_ms({dip}, 0).opacity, 1);
  EXPECT_EQ(motion_ms({dip}, 250).opacity, 0.5);
  EXPECT_EQ(motion_ms({dip}, 500).opacity, 0);
  EXPECT_EQ(motion_ms({dip}, 750).opacity, 0.5);
  EXPECT_EQ(motion_ms({dip}, 1000).opacity, 1);
}

TEST(Keyframes, EachPropertyHasItsOwnNeighbours) {
  Keyframe scale;
  scale.at = 1;
  scale.scale = PointF{3, 5};
  Keyframe rotation;
  rotation.at = 0.5;
  rotation.rotation = 90;
  const Animation mixed = keyframes({opacity_at(0, 0), rotation, scale});
  const LayerMotion motion = motion_ms({mixed}, 250);
  EXPECT_EQ(motion.opacity, 0.25);  // towards the neutral 1
  EXPECT_EQ(motion.rotation, 45);
  EXPECT_EQ(motion.scale, (PointF{1.5, 2}));
  EXPECT_EQ(motion.offset, (PointF{0, 0}));
}

TEST(Keyframes, EasingLeadsToTheNextKeyframeOfTheSameProperty) {
  // The opacity keyframe between has an easing of its own, which position must not take.
  const Animation jump = keyframes({x_at(0, 0, Steps{1, Steps::Jump::kStart}),
                                    opacity_at(0.5, 0, Steps{1, Steps::Jump::kEnd}), x_at(1, 100)});
  EXPECT_EQ(x_ms(jump, 1), 100);
  EXPECT_EQ(x_ms(jump, 600), 100);
  EXPECT_EQ(motion_ms({jump}, 250).opacity, 0.5);
  EXPECT_EQ(motion_ms({jump}, 999).opacity, 0);
  EXPECT_EQ(motion_ms({jump}, 1000).opacity, 1);
}

TEST(Keyframes, TheAnimationsEasingComesFirst) {
  const CubicBezier ease{0.25, 0.1, 0.25, 1};
  const CubicBezier ease_in{0.42, 0, 1, 1};
  const Animation both = keyframes({x_at(0, 0, ease_in), x_at(1, 100)}, ease);
  EXPECT_NEAR(x_ms(both, 300), 100 * eased(ease_in, eased(ease, 0.3)), 1e-12);
  const Animation stepped = keyframes({x_at(0, 0), x_at(1, 100)}, Steps{2, Steps::Jump::kEnd});
  EXPECT_EQ(x_ms(stepped, 499), 0);
  EXPECT_EQ(x_ms(stepped, 500), 50);
}

TEST(Keyframes, TwoAtOnePlaceAreAJump) {
  const Animation jump = keyframes({x_at(0, 0), x_at(0.5, 100), x_at(0.5, -100), x_at(1, 0)});
  EXPECT_EQ(x_ms(jump, 250), 50);
  EXPECT_EQ(x_ms(jump, 500), -100);
  EXPECT_EQ(x_ms(jump, 750), -50);
}

TEST(Keyframes, TwoAtAnEndHoldTheOuterOneBeyondIt) {
  const Animation ends = keyframes({x_at(0, -50), x_at(0, 0), x_at(1, 100), x_at(1, 150)},
                                   CubicBezier{0.68, -0.55, 0.265, 1.55});
  EXPECT_EQ(x_ms(ends, 0), 0);
  EXPECT_EQ(x_ms(ends, 100), -50);  // the easing is below 0 here
  EXPECT_EQ(x_ms(ends, 750), 150);  // and above 1 here
  EXPECT_EQ(x_ms(ends, 1000), 150);
}

TEST(Keyframes, OvershootGoesOnBeyondTheLastPair) {
  const CubicBezier back{0.68, -0.55, 0.265, 1.55};
  const Animation path = keyframes({x_at(0, 0), x_at(0.5, 100), x_at(1, 0)}, back);
  EXPECT_NEAR(x_ms(path, 750), 200 - 200 * eased(back, 0.75), 1e-12);
  EXPECT_NEAR(x_ms(path, 100), 200 * eased(back, 0.1), 1e-12);
}

TEST(Keyframes, OfNothingDoNothing) {
  EXPECT_EQ(motion_ms({keyframes({})}, 500).opacity, 1);
  Keyframe bare;
  bare.at = 0.5;
  EXPECT_EQ(x_ms(keyframes({bare}), 500), 0);
}

}  // namespace
}  // namespace layercast::scene
