#include "base/geometry.h"

#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <gtest/gtest.h>
#include <random>

namespace layercast::base {
namespace {

constexpr long double kPi = 3.14159265358979323846264338327950288L;

TEST(Rotation, QuarterTurnsAreExact) {
  constexpr std::array kSines = {0.0, 1.0, 0.0, -1.0};
  for (int quarter = -4000; quarter <= 4000; ++quarter) {
    const Affine turn = rotation_degrees(quarter * 90.0);
    const double sine = kSines[static_cast<size_t>(((quarter % 4) + 4) % 4)];
    const double cosine = kSines[static_cast<size_t>((((quarter + 1) % 4) + 4) % 4)];
    ASSERT_EQ(turn, (Affine{cosine, -sine, sine, cosine, 0, 0})) << quarter * 90;
  }
}

TEST(Rotation, TurnsClockwiseWhereYPointsDown) {
  EXPECT_EQ(rotation_degrees(90).map({1, 0}), (PointF{0, 1}));
  EXPECT_EQ(rotation_degrees(90).map({0, 1}), (PointF{-1, 0}));
  EXPECT_GT(rotation_degrees(10).map({1, 0}).y, 0);
}

TEST(Rotation, AgreesWithTheRealSineAndCosine) {
  for (int step = -200'000; step <= 200'000; ++step) {
    const double degrees = step * 0.00731;
    const Affine turn = rotation_degrees(degrees);
    const long double radians = static_cast<long double>(degrees) * kPi / 180;
    ASSERT_NEAR(turn.yx, static_cast<double>(std::sin(radians)), 1e-15) << degrees;
    ASSERT_NEAR(turn.xx, static_cast<double>(std::cos(radians)), 1e-15) << degrees;
    ASSERT_EQ(turn.xy, -turn.yx);
    ASSERT_EQ(turn.yy, turn.xx);
  }
}

TEST(Rotation, AFullTurnChangesNoBit) {
  for (int step = 0; step < 360 * 8; ++step) {
    const double degrees = step / 8.0;
    ASSERT_EQ(rotation_degrees(degrees), rotation_degrees(degrees + 360)) << degrees;
    ASSERT_EQ(rotation_degrees(degrees), rotation_degrees(degrees + 360'000)) << degrees;
    ASSERT_EQ(rotation_degrees(degrees), rotation_degrees(degrees - 720)) << degrees;
  }
}

TEST(Rotation, HasTheSameBitsOnEveryMachine) {
  uint64_t hash = 14695981039346656037ULL;  // FNV-1a over whole words
  for (int step = 0; step < 10'000; ++step) {
    const Affine turn = rotation_degrees(step * 0.1);
    for (const double value : {turn.xx, turn.yx}) {
      hash = (hash ^ std::bit_cast<uint64_t>(value + 0.0)) * 1099511628211ULL;
    }
  }
  EXPECT_EQ(hash, 16382489890904739144ULL);
}

TEST(Affine, TheProductMapsByTheInnerFirst) {
  const Affine both = translation(10, 20) * scaling(2, 3);
  EXPECT_EQ(both.map({1, 1}), (PointF{12, 23}));
  const Affine other = scaling(2, 3) * translation(10, 20);
  EXPECT_EQ(other.map({1, 1}), (PointF{22, 63}));
  EXPECT_EQ((rotation_degrees(90) * translation(5, 0)).map({0, 0}), (PointF{0, 5}));
}

TEST(Affine, TheProductEqualsOneMapAfterTheOther) {
  std::mt19937 random(7);
  std::uniform_real_distribution<double> real(-10, 10);
  for (int round = 0; round < 1000; ++round) {
    const Affine a{real(random), real(random), real(random),
                   real(random), real(random), real(random)};
    const Affine b{real(random), real(random), real(random),
                   real(random), real(random), real(random)};
    const PointF point{real(random), real(random)};
    const PointF once = (a * b).map(point);
    const PointF twice = a.map(b.map(point));
    ASSERT_NEAR(once.x, twice.x, 1e-11);
    ASSERT_NEAR(once.y, twice.y, 1e-11);
  }
}

TEST(Affine, TheInverseUndoesTheMap) {
  const Affine map =
      translation(960, 540) * rotation_degrees(33) * scaling(0.25, -4) * translation(-7, 3);
  for (const PointF point : {PointF{0, 0}, PointF{1920, 0}, PointF{-33.5, 1080}}) {
    const PointF back = inverse(map).map(map.map(point));
    EXPECT_NEAR(back.x, point.x, 1e-9);
    EXPECT_NEAR(back.y, point.y, 1e-9);
  }
  EXPECT_EQ(inverse(scaling(2, 4)), scaling(0.5, 0.25));
  EXPECT_EQ(inverse(translation(3, -4)), translation(-3, 4));
  EXPECT_EQ(inverse(rotation_degrees(90)), rotation_degrees(-90));
}

TEST(AffineDeathTest, AFlattenedPlaneHasNoInverse) {
  EXPECT_DEATH(static_cast<void>(inverse(scaling(0, 1))), "determinant != 0");
}

TEST(Bounds, HoldAllFourCorners) {
  EXPECT_EQ(bounds_of(translation(10, 20), {0, 0, 4, 2}), (RectF{10, 20, 14, 22}));
  EXPECT_EQ(bounds_of(rotation_degrees(90), {0, 0, 4, 2}), (RectF{-2, 0, 0, 4}));
  EXPECT_EQ(bounds_of(scaling(-1, 2), {1, 1, 3, 2}), (RectF{-3, 2, -1, 4}));
  const RectF diamond = bounds_of(rotation_degrees(45), {-1, -1, 1, 1});
  EXPECT_NEAR(diamond.left, -std::sqrt(2.0), 1e-15);
  EXPECT_NEAR(diamond.bottom, std::sqrt(2.0), 1e-15);
}

TEST(Rect, TheIntersectionIsWhatBothHold) {
  EXPECT_EQ(intersection({0, 0, 10, 10}, {5, -5, 20, 7}), (RectI{5, 0, 10, 7}));
  EXPECT_TRUE(intersection({0, 0, 10, 10}, {10, 0, 20, 10}).empty());
  EXPECT_TRUE(intersection({0, 0, 10, 10}, {30, 30, 40, 40}).empty());
  EXPECT_EQ(intersection({0, 0, 10, 10}, {2, 3, 4, 5}), (RectI{2, 3, 4, 5}));
}

TEST(Rect, WhatLiesAroundAPartIsAllThatItLeaves) {
  const RectI whole{-2, 1, 7, 9};
  for (const RectI part : {RectI{0, 3, 4, 5}, RectI{-2, 1, 7, 3}, RectI{3, 1, 7, 9}, whole}) {
    int64_t area = int64_t{part.width()} * part.height();
    for (const RectI& rest : around(whole, part)) {
      if (rest.empty()) continue;
      area += int64_t{rest.width()} * rest.height();
      EXPECT_EQ(intersection(rest, whole), rest);
      EXPECT_TRUE(intersection(rest, part).empty());
    }
    EXPECT_EQ(area, int64_t{whole.width()} * whole.height());
  }
  EXPECT_EQ(around(whole, {}), (std::array<RectI, 4>{whole}));
}

TEST(Size, AreaDoesNotOverflow) {
  EXPECT_EQ((SizeI{100'000, 100'000}.area()), 10'000'000'000);
  EXPECT_TRUE((SizeI{0, 5}.empty()));
  EXPECT_TRUE((SizeI{5, -1}.empty()));
  EXPECT_FALSE((SizeI{1, 1}.empty()));
}

}  // namespace
}  // namespace layercast::base
