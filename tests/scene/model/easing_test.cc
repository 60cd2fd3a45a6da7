#include "scene/model/easing.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>
#include <string>

namespace layercast::scene {
namespace {

using Jump = Steps::Jump;

Easing easing(std::string_view text) {
  const auto parsed = parse_easing(text);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(LinearEasing{});
}

double bernstein(double first, double second, double t) {
  return 3 * (1 - t) * (1 - t) * t * first + 3 * (1 - t) * t * t * second + t * t * t;
}

struct KnownValue {
  const char* easing;
  double progress;
  double eased;
};

TEST(CubicBezier, HasTheKnownValues) {
  // Solved with 50 decimal digits.
  constexpr std::array kKnown = {
      KnownValue{"ease", 0.1, 0.094796305716043246},
      KnownValue{"ease", 0.25, 0.408510591355395870},
      KnownValue{"ease", 0.5, 0.802403387584856989},
      KnownValue{"ease", 0.75, 0.960458978348974084},
      KnownValue{"ease", 0.9, 0.994316477484556368},
      KnownValue{"ease-in", 0.25, 0.093464650718824859},
      KnownValue{"ease-in", 0.5, 0.315356812572539304},
      KnownValue{"ease-in", 0.9, 0.839427845762466529},
      KnownValue{"ease-out", 0.1, 0.160572154237533470},
      KnownValue{"ease-out", 0.5, 0.684643187427460695},
      KnownValue{"ease-out", 0.75, 0.906535349281175140},
      KnownValue{"ease-in-out", 0.1, 0.019722453548311195},
      KnownValue{"ease-in-out", 0.5, 0.5},
      KnownValue{"ease-in-out", 0.75, 0.870838068952680188},
      KnownValue{"cubic-bezier(.68,-.55,.265,1.55)", 0.1, -0.06629147733352873},
      KnownValue{"cubic-bezier(.68,-.55,.265,1.55)", 0.5, 0.606679897223771694},
      KnownValue{"cubic-bezier(.68,-.55,.265,1.55)", 0.75, 1.089165774813421100},
  };
  for (const auto& [text, progress, value] : kKnown) {
    EXPECT_NEAR(eased(easing(text), progress), value, 1e-13) << text << " " << progress;
  }
}

TEST(CubicBezier, WithEvenlySpacedControlsIsItsOwnPolynomial) {
  // x1 = 1/3 and x2 = 2/3 make x(t) = t, so that y is a polynomial of the progress.
  for (int step = 0; step <= 1000; ++step) {
    const double progress = step / 1000.0;
    ASSERT_NEAR(eased(CubicBezier{1.0 / 3, -0.4, 2.0 / 3, 1.7}, progress),
                bernstein(-0.4, 1.7, progress), 1e-14);
    ASSERT_NEAR(eased(CubicBezier{0, 0, 1, 1}, progress), progress, 1e-14);
  }
}

TEST(CubicBezier, PassesThroughThePointsOfTheCurve) {
  std::mt19937 random(11);
  std::uniform_real_distribution<double> unit(0, 1);
  std::uniform_real_distribution<double> wide(-3, 3);
  for (int round = 0; round < 20'000; ++round) {
    const CubicBezier curve{unit(random), wide(random), unit(random), wide(random)};
    const double t = unit(random);
    const double x = bernstein(curve.x1, curve.x2, t);
    const double slope = 3 * (1 - t) * (1 - t) * curve.x1 +
                         6 * (1 - t) * t * (curve.x2 - curve.x1) + 3 * t * t * (1 - curve.x2);
    if (slope < 1e-3) continue;  // x says little about t there; see the test of the inverse
    ASSERT_NEAR(eased(curve, x), bernstein(curve.y1, curve.y2, t), 1e-11)
        << easing_text(curve) << " " << t;
  }
}

TEST(CubicBezier, MirroredAtTheDiagonalIsTheInverse) {
  for (const CubicBezier curve : {CubicBezier{1, 0, 0, 1}, CubicBezier{0.25, 0.1, 0.25, 1},
                                  CubicBezier{0.42, 0, 0.58, 1}, CubicBezier{0, 0, 0.58, 1},
                                  CubicBezier{0, 0.9, 0, 0.9}, CubicBezier{0.9, 0.1, 0.05, 0.95}}) {
    const CubicBezier mirrored{curve.y1, curve.x1, curve.y2, curve.x2};
    for (int step = 0; step <= 1000; ++step) {
      const double progress = step / 1000.0;
      ASSERT_NEAR(eased(mirrored, eased(curve, progress)), progress, 1e-9)
          << easing_text(curve) << " " << progress;
    }
  }
}

TEST(CubicBezier, RisesWhereItsControlsRise) {
  for (const char* text : {"ease", "ease-in", "ease-out", "ease-in-out", "cubic-bezier(1,0,0,1)",
                           "cubic-bezier(0,1,1,0)", "cubic-bezier(0,0,0,0)",
                           "cubic-bezier(1,1,1,1)", "cubic-bezier(0,1,0,1)"}) {
    const Easing curve = easing(text);
    double last = 0;
    for (int step = 1; step <= 10'000; ++step) {
      const double value = eased(curve, step / 10'000.0);
      ASSERT_GE(value, last - 1e-15) << text << " " << step;
      ASSERT_LE(value, 1.0) << text;
      last = value;
    }
    EXPECT_EQ(last, 1.0) << text;
  }
}

TEST(CubicBezier, EndsAreExact) {
  for (const CubicBezier curve : {CubicBezier{0.68, -0.55, 0.265, 1.55}, CubicBezier{0, 9, 0, -9},
                                  CubicBezier{1, 0.3, 0, 0.7}}) {
    EXPECT_EQ(eased(curve, 0), 0.0);
    EXPECT_EQ(eased(curve, 1), 1.0);
  }
}

TEST(CubicBezier, EaseInAndEaseOutAreTurnedHalfwayRound) {
  for (int step = 0; step <= 1000; ++step) {
    const double progress = step / 1000.0;
    ASSERT_NEAR(eased(easing("ease-in"), progress) + eased(easing("ease-out"), 1 - progress), 1,
                1e-13);
    ASSERT_NEAR(eased(easing("ease-in-out"), progress) + eased(easing("ease-in-out"), 1 - progress),
                1, 1e-13);
  }
}

TEST(CubicBezier, GoesOnAlongItsEndTangents) {
  const CubicBezier curve{0.25, 0.1, 0.25, 1};
  EXPECT_DOUBLE_EQ(eased(curve, -0.5), -0.2);
  EXPECT_DOUBLE_EQ(eased(curve, 1.5), 1.0);
  const CubicBezier from_corner{0, 0, 0.5, 0.25};
  EXPECT_DOUBLE_EQ(eased(from_corner, -1), -0.5);
  EXPECT_DOUBLE_EQ(eased(from_corner, 2), 2.5);
  const CubicBezier into_corner{0.5, 0.25, 1, 1};
  EXPECT_DOUBLE_EQ(eased(into_corner, 3), 4);
  const CubicBezier corners{0, 0, 1, 1};
  EXPECT_DOUBLE_EQ(eased(corners, -2), -2);
  EXPECT_EQ(eased(CubicBezier{0, 0.5, 0, 0.5}, -1), 0.0);
  EXPECT_EQ(eased(CubicBezier{1, 0.5, 1, 0.5}, 2), 1.0);
}

TEST(CubicBezier, StaysFiniteHoweverSteepItIs) {
  for (const CubicBezier curve : {CubicBezier{1e-300, 1000, 1, -1000}, CubicBezier{0, 1, 1e-300, 1},
                                  CubicBezier{1e-17, -1000, 1 - 1e-16, 1000}}) {
    for (const double progress : {-1e6, -1.0, -1e-9, 0.0, 1e-300, 0.5, 1.0, 1 + 1e-9, 1e6}) {
      ASSERT_TRUE(std::isfinite(eased(curve, progress))) << easing_text(curve) << " " << progress;
    }
  }
}

TEST(Easing, HasTheSameBitsOnEveryMachine) {
  uint64_t hash = 14695981039346656037ULL;  // FNV-1a over whole words
  for (const char* text : {"ease", "ease-in", "ease-out", "ease-in-out", "cubic-bezier(1,0,0,1)",
                           "cubic-bezier(.68,-.55,.265,1.55)", "steps(7,jump-both)"}) {
    const Easing curve = easing(text);
    for (int step = -100; step <= 1100; ++step) {
      const double value = eased(curve, step / 1000.0);
      hash = (hash ^ std::bit_cast<uint64_t>(value + 0.0)) * 1099511628211ULL;
    }
  }
  EXPECT_EQ(hash, 17771127712570690671ULL);
}

TEST(Linear, ChangesNothing) {
  for (const double progress : {-0.5, 0.0, 0.3, 1.0, 1.5}) {
    EXPECT_EQ(eased(LinearEasing{}, progress), progress);
    EXPECT_EQ(eased(LinearEasing{}, progress, EasingPhase::kBefore), progress);
  }
}

struct StepCase {
  Steps steps;
  double progress;
  double active;  ///< with the before flag unset
  double before;  ///< with the before flag set
};

TEST(Steps, FollowTheStandardAtAndBetweenTheRises) {
  const std::array cases = {
      StepCase{{2, Jump::kEnd}, 0, 0, 0},          StepCase{{2, Jump::kEnd}, 0.49, 0, 0},
      StepCase{{2, Jump::kEnd}, 0.5, 0.5, 0},      StepCase{{2, Jump::kEnd}, 0.99, 0.5, 0.5},
      StepCase{{2, Jump::kEnd}, 1, 1, 0.5},        StepCase{{2, Jump::kStart}, 0, 0.5, 0},
      StepCase{{2, Jump::kStart}, 0.49, 0.5, 0.5}, StepCase{{2, Jump::kStart}, 0.5, 1, 0.5},
      StepCase{{2, Jump::kStart}, 1, 1, 1},        StepCase{{3, Jump::kNone}, 0, 0, 0},
      StepCase{{3, Jump::kNone}, 0.34, 0.5, 0.5},  StepCase{{3, Jump::kNone}, 0.67, 1, 1},
      StepCase{{3, Jump::kNone}, 1, 1, 1},         StepCase{{3, Jump::kBoth}, 0, 0.25, 0},
      StepCase{{3, Jump::kBoth}, 0.34, 0.5, 0.5},  StepCase{{3, Jump::kBoth}, 0.67, 0.75, 0.75},
      StepCase{{3, Jump::kBoth}, 1, 1, 0.75},      StepCase{{1, Jump::kEnd}, 0.999, 0, 0},
      StepCase{{1, Jump::kStart}, 0, 1, 0},        StepCase{{1, Jump::kEnd}, 1.5, 1, 1},
      StepCase{{1, Jump::kEnd}, 2, 2, 1},          StepCase{{1, Jump::kEnd}, -0.5, -1, -1},
      StepCase{{1, Jump::kStart}, -0.5, 0, 0},     StepCase{{1, Jump::kStart}, -1.5, -1, -1},
      StepCase{{1, Jump::kStart}, 1.5, 2, 2},
  };
  for (const auto& [steps, progress, active, before] : cases) {
    EXPECT_EQ(eased(steps, progress), active) << easing_text(steps) << " " << progress;
    EXPECT_EQ(eased(steps, progress, EasingPhase::kBefore), before)
        << easing_text(steps) << " " << progress;
  }
}

TEST(Steps, RiseExactlyAtEachFraction) {
  // 0.29 x 100 is 28.999999999999996: rounding of the product must not delay the rise.
  for (int count = 1; count <= 300; ++count) {
    for (int step = 1; step < count; ++step) {
      const double rise = static_cast<double>(step) / count;
      ASSERT_EQ(eased(Steps{count, Jump::kEnd}, rise), rise) << step << "/" << count;
      ASSERT_EQ(eased(Steps{count, Jump::kEnd}, std::nextafter(rise, 0.0)),
                static_cast<double>(step - 1) / count)
          << step << "/" << count;
    }
  }
}

TEST(ParseEasing, ReadsEveryForm) {
  EXPECT_EQ(easing("linear"), Easing(LinearEasing{}));
  EXPECT_EQ(easing("ease"), Easing(CubicBezier{0.25, 0.1, 0.25, 1}));
  EXPECT_EQ(easing("ease-in"), Easing(CubicBezier{0.42, 0, 1, 1}));
  EXPECT_EQ(easing("ease-out"), Easing(CubicBezier{0, 0, 0.58, 1}));
  EXPECT_EQ(easing("ease-in-out"), Easing(CubicBezier{0.42, 0, 0.58, 1}));
  EXPECT_EQ(easing("step-start"), Easing(Steps{1, Jump::kStart}));
  EXPECT_EQ(easing("step-end"), Easing(Steps{1, Jump::kEnd}));
  EXPECT_EQ(easing(" Ease-In "), Easing(CubicBezier{0.42, 0, 1, 1}));
  EXPECT_EQ(easing("cubic-bezier(.17,-.67,.83,1.67)"),
            Easing(CubicBezier{0.17, -0.67, 0.83, 1.67}));
  EXPECT_EQ(easing("Cubic-Bezier( 0 , +1e0 , 1 , -2.5E-1 )"), Easing(CubicBezier{0, 1, 1, -0.25}));
  EXPECT_EQ(easing("steps(4)"), Easing(Steps{4, Jump::kEnd}));
  EXPECT_EQ(easing("steps( 4 , start )"), Easing(Steps{4, Jump::kStart}));
  EXPECT_EQ(easing("steps(4, end)"), Easing(Steps{4, Jump::kEnd}));
  EXPECT_EQ(easing("steps(4, jump-start)"), Easing(Steps{4, Jump::kStart}));
  EXPECT_EQ(easing("steps(4, jump-end)"), Easing(Steps{4, Jump::kEnd}));
  EXPECT_EQ(easing("steps(2, jump-none)"), Easing(Steps{2, Jump::kNone}));
  EXPECT_EQ(easing("STEPS(1, JUMP-BOTH)"), Easing(Steps{1, Jump::kBoth}));
}

TEST(ParseEasing, RefusesEverythingElse) {
  for (const char* bad : {"",
                          "lineer",
                          "ease in",
                          "ease-in()",
                          "linear()",
                          "cubic-bezier",
                          "cubic-bezier()",
                          "cubic-bezier(0,0,1)",
                          "cubic-bezier(0,0,1,1,1)",
                          "cubic-bezier(0,0,1,1",
                          "cubic-bezier 0,0,1,1)",
                          "cubic-bezier (0,0,1,1)",
                          "cubic-bezier(0 0 1 1)",
                          "cubic-bezier(0,,1,1)",
                          "cubic-bezier(-0.1,0,1,1)",
                          "cubic-bezier(0,0,1.1,1)",
                          "cubic-bezier(0,nan,1,1)",
                          "cubic-bezier(0,inf,1,1)",
                          "cubic-bezier(0,1e400,1,1)",
                          "cubic-bezier(0,1e9,1,1)",
                          "cubic-bezier(0,0x1,1,1)",
                          "cubic-bezier(0,1.,1,1)",
                          "cubic-bezier(0,+-1,1,1)",
                          "cubic-bezier(0%,0,1,1)",
                          "steps",
                          "steps()",
                          "steps(0)",
                          "steps(-1)",
                          "steps(1.5)",
                          "steps(2,)",
                          "steps(2,middle)",
                          "steps(2,start,end)",
                          "steps(1,jump-none)",
                          "steps(99999999999)",
                          "steps(+-2)",
                          "steps(1000001)"}) {
    EXPECT_EQ(parse_easing(bad), std::nullopt) << bad;
  }
}

TEST(ParseEasing, WrittenBackReadsTheSame) {
  for (const Easing& written : {Easing(LinearEasing{}), Easing(CubicBezier{0, 0, 1, 1}),
                                Easing(CubicBezier{0.1, -2.0 / 3, 1e-9, 1.0 / 3}),
                                Easing(CubicBezier{0.42, 0, 1, 1}), Easing(Steps{1, Jump::kStart}),
                                Easing(Steps{5, Jump::kStart}), Easing(Steps{5, Jump::kEnd}),
                                Easing(Steps{5, Jump::kNone}), Easing(Steps{5, Jump::kBoth})}) {
    EXPECT_EQ(parse_easing(easing_text(written)), written) << easing_text(written);
  }
}

TEST(ParseEasing, WritesTheShortestForm) {
  for (const char* shortest :
       {"linear", "ease", "ease-in", "ease-out", "ease-in-out", "step-start", "step-end",
        "steps(3)", "steps(3,start)", "steps(3,jump-none)", "cubic-bezier(0.2,0,0.1,1.5)"}) {
    EXPECT_EQ(easing_text(easing(shortest)), shortest);
  }
  EXPECT_EQ(easing_text(Steps{1, Jump::kEnd}), "step-end");
}

}  // namespace
}  // namespace layercast::scene
