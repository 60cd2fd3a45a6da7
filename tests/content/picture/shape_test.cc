#include "content/picture/shape.h"

#include "content/picture/fit.h"
#include "frame/image.h"

#include <algorithm>
#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <utility>
#include <vector>

namespace layercast::content {
namespace {

using base::Color;
using base::ErrorCode;
using frame::PremulRgba8;
using scene::CircleShape;
using scene::EllipseShape;
using scene::Geometry;
using scene::Gradient;
using scene::LineShape;
using scene::PathShape;
using scene::PolygonShape;
using scene::RectangleShape;
using scene::Stroke;
using testing::HasSubstr;

constexpr Color kWhite{255, 255, 255, 255};
constexpr Color kRed{255, 0, 0, 255};
constexpr Color kBlue{0, 0, 255, 255};
constexpr Color kTransparent{0, 0, 0, 0};

Raster drawn(const scene::ShapeContent& shape, std::optional<base::SizeF> box = std::nullopt) {
  auto raster = rasterise_shape(shape, box);
  EXPECT_TRUE(raster.ok()) << raster.error().to_string();
  return raster.ok() ? std::move(raster).value() : Raster{};
}
Raster filled(Geometry geometry, scene::Paint paint = kWhite) {
  return drawn({std::move(geometry), std::move(paint), std::nullopt});
}
Raster stroked(Geometry geometry, double width) {
  return drawn({std::move(geometry), std::nullopt, Stroke{kWhite, width}});
}

PremulRgba8 pixel(const Raster& raster, int x, int y) { return raster.picture->view().at(x, y); }
// The pixel that covers this point of the layer box; transparent outside the picture.
PremulRgba8 at(const Raster& raster, double x, double y) {
  const auto column = static_cast<int>(std::floor(x - raster.picture->origin().x));
  const auto row = static_cast<int>(std::floor(y - raster.picture->origin().y));
  const base::SizeI size = raster.picture->size();
  const bool inside = column >= 0 && row >= 0 && column < size.width && row < size.height;
  return inside ? pixel(raster, column, row) : PremulRgba8{};
}

// What the pixels cover, in px².
double coverage(const Raster& raster) {
  double sum = 0;
  const base::SizeI size = raster.picture->size();
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) sum += pixel(raster, x, y).alpha / 255.0;
  }
  return sum;
}

bool same_pixels(const Raster& a, const Raster& b) {
  if (a.picture->size() != b.picture->size() || a.picture->origin() != b.picture->origin()) {
    return false;
  }
  for (int y = 0; y < a.picture->size().height; ++y) {
    if (!std::equal(a.picture->view().row(y), a.picture->view().row(y) + a.picture->size().width,
                    b.picture->view().row(y))) {
      return false;
    }
  }
  return true;
}

// ---- Geometry -----------------------------------------------------------------------------------

TEST(Shape, ARectangleOnWholePixelsIsExact) {
  const Raster raster = filled(RectangleShape{20, 10, 0}, Color{200, 40, 90, 128});
  ASSERT_EQ(raster.picture->size(), (base::SizeI{20, 10}));
  EXPECT_EQ(raster.picture->origin(), (base::PointF{0, 0}));
  EXPECT_EQ(raster.box, (base::SizeF{20, 10}));
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) ASSERT_EQ(pixel(raster, x, y), (PremulRgba8{100, 20, 45, 128}));
  }
}

TEST(Shape, CoverageIsTheAreaOfTheShape) {
  const auto expect_area = [](const Raster& raster, double area) {
    EXPECT_NEAR(coverage(raster), area, area * 0.005);
  };
  expect_area(filled(CircleShape{40}), M_PI * 40 * 40);
  expect_area(filled(CircleShape{7.3}), M_PI * 7.3 * 7.3);
  expect_area(filled(EllipseShape{60, 21}), M_PI * 60 * 21);
  expect_area(filled(RectangleShape{90.5, 40.25, 0}), 90.5 * 40.25);
  expect_area(filled(RectangleShape{90, 40, 12}), 90 * 40 - (4 - M_PI) * 12 * 12);
  expect_area(filled(PolygonShape{{{3, 2}, {80, 30}, {20, 71}}}), 0.5 * (77 * 69 - 17 * 28));
  expect_area(filled(PathShape{"M 10 50 A 40 40 0 0 1 90 50 A 40 40 0 0 1 10 50"}), M_PI * 40 * 40);
  expect_area(filled(PathShape{"M0 0Q50 100 100 0Z"}), 2.0 / 3 * 100 * 50);
  expect_area(stroked(CircleShape{40}, 6), M_PI * (43 * 43 - 37 * 37));
}

TEST(Shape, ACircleIsRoundInEveryDirection) {
  const Raster raster = filled(CircleShape{50});
  for (int degrees = 0; degrees < 360; degrees += 15) {
    const double x = std::cos(degrees * M_PI / 180);
    const double y = std::sin(degrees * M_PI / 180);
    EXPECT_EQ(at(raster, 50 + 48.5 * x, 50 + 48.5 * y).alpha, 255) << degrees;
    EXPECT_EQ(at(raster, 50 + 51.5 * x, 50 + 51.5 * y).alpha, 0) << degrees;
  }
}

TEST(Shape, RadiiThatDoNotFitShrinkTogether) {
  EXPECT_TRUE(same_pixels(filled(RectangleShape{40, 20, 500}), filled(RectangleShape{40, 20, 10})));
  EXPECT_TRUE(same_pixels(filled(RectangleShape{40, 40, 20}), filled(CircleShape{20})));
}

TEST(Shape, APathIsTheSameAsThePolygonThroughItsPoints) {
  const PolygonShape polygon{{{10, 10}, {60, 20}, {40, 70.5}}};
  const Raster expected =
      drawn({polygon, Color{200, 40, 90, 200}, Stroke{Color{0, 160, 70, 255}, 3}});
  for (const char* d :
       {"M10 10 60 20 40 70.5Z", "m10,10l50,10-20 50.5z", "M10,10L60,20L40,70.5z",
        "  M 10 10\n\tL 60 20\r\nL 4e1 +70.5 Z ", "M1e1 1E1 60 2.0e+1 40 705e-1z"}) {
    SCOPED_TRACE(d);
    EXPECT_TRUE(same_pixels(
        drawn({PathShape{d}, Color{200, 40, 90, 200}, Stroke{Color{0, 160, 70, 255}, 3}}),
        expected));
  }
}

TEST(Shape, EachPathCommandEqualsItsLongForm) {
  const std::vector<std::pair<const char*, const char*>> pairs = {
      {"M5 5H50V40H5Z", "M5 5L50 5L50 40L5 40Z"},
      {"M5 5h45v35h-45z", "M5 5L50 5L50 40L5 40Z"},
      {"M5 5H20 50V40L5 40", "M5 5L50 5L50 40L5 40"},
      {"M5 50C5 10 40 10 40 50S75 90 75 50", "M5 50C5 10 40 10 40 50C40 90 75 90 75 50"},
      {"M5 50c0-40 35-40 35 0s35 40 35 0", "M5 50C5 10 40 10 40 50C40 90 75 90 75 50"},
      {"M5 50S40 10 40 50", "M5 50C5 50 40 10 40 50"},
      {"M5 50L9 9S40 10 40 50", "M5 50L9 9C9 9 40 10 40 50"},
      {"M0 30Q30 90 60 30", "M0 30C20 70 40 70 60 30"},
      {"M0 30Q15 60 30 30T60 30", "M0 30Q15 60 30 30Q45 0 60 30"},
      {"M0 30q15 30 30 0t30 0", "M0 30Q15 60 30 30Q45 0 60 30"},
      {"M0 30T60 40", "M0 30L60 40"},
      {"M10 10L40 10L40 40zl20 5 0 9z", "M10 10L40 10L40 40zM10 10L30 15L30 24z"},
      {"M10 10L40 10L40 40zm20 5l0 9 7 7z", "M10 10L40 10L40 40zM30 15L30 24L37 31z"},
      {"M5 40A30 20 0 0 1 60 40", "M5 40a30 20 0 0155 0"},
      {"M5 40A30 20 0 1 0 60 40", "M5 40a30-20 360 1055 0"},
      {"M5 40A0 20 0 1 0 60 45", "M5 40L60 45"},
      {"M5 40A1 1 0 0 0 65 40", "M5 40A30 30 0 0 0 65 40"},
      {"M.5.5 20.25.5 20 20z", "M 0.5 0.5 L 20.25 0.5 L 20 20 Z"},
  };
  for (const auto& [shorter, longer] : pairs) {
    SCOPED_TRACE(shorter);
    EXPECT_TRUE(same_pixels(filled(PathShape{shorter}), filled(PathShape{longer})));
    EXPECT_TRUE(same_pixels(stroked(PathShape{shorter}, 4), stroked(PathShape{longer}, 4)));
  }
}

TEST(Shape, ArcFlagsChooseAmongTheFourArcs) {
  const std::string ends = "M30 50A25 25 0 ";
  const auto covers = [&](const char* flags, double x, double y) {
    return at(filled(PathShape{ends + flags + " 70 50Z"}), x, y).alpha == 255;
  };
  // The chord runs from (30, 50) to (70, 50); the centres lie 15 px above and below.
  EXPECT_TRUE(covers("0 1", 50, 45));
  EXPECT_FALSE(covers("0 1", 50, 20));
  EXPECT_FALSE(covers("0 1", 50, 55));
  EXPECT_TRUE(covers("1 1", 50, 15));
  EXPECT_FALSE(covers("1 1", 50, 55));
  EXPECT_TRUE(covers("0 0", 50, 55));
  EXPECT_FALSE(covers("0 0", 50, 80));
  EXPECT_TRUE(covers("1 0", 50, 85));
}

TEST(Shape, ATurnedArcRunsThroughItsEnds) {
  // A quarter of an ellipse with half axes 40 and 20, turned by 90°: from its side to its end.
  const Raster raster = filled(PathShape{"M50 50L30 50A40 20 90 0 0 50 90Z"});
  EXPECT_NEAR(coverage(raster), M_PI * 40 * 20 / 4, 5);
  EXPECT_EQ(raster.box.width, 50);
  EXPECT_EQ(raster.box.height, 90);
}

TEST(Shape, BadPathDataIsAnErrorThatSaysWhere) {
  const std::vector<std::pair<const char*, const char*>> cases = {
      {"L 0 0", "expected M or m at character 1, found 'L'"},
      {"10 10", "expected M or m at character 1, found '1'"},
      {"M", "expected a number at character 2, found the end"},
      {"M 1", "expected a number at character 4, found the end"},
      {"M 1 1,", "expected a number at character 7, found the end"},
      {"M 1 1 L", "expected a number at character 8, found the end"},
      {"M 1 1 2", "expected a number at character 8, found the end"},
      {"M 1 1 X 3", "expected a command at character 7, found 'X'"},
      {"M 1 1,,2 2", "expected a number at character 7, found ','"},
      {"M,1 1", "expected a number at character 2, found ','"},
      {"M1 1e", "expected a command at character 5, found 'e'"},
      {"M nan 0", "expected a number at character 3, found 'n'"},
      {"M 0x10 0", "expected a number at character 4, found 'x'"},
      {"M 1 1 Z 5", "expected a command at character 9, found '5'"},
      {"M0 0A1 1 0 2 0 5 5", "expected an arc flag, 0 or 1 at character 12, found '2'"},
      {"M0 0L10 10 oops", "expected a command at character 12, found 'o'"},
  };
  for (const auto& [d, message] : cases) {
    SCOPED_TRACE(d);
    const auto raster = rasterise_shape({PathShape{d}, kWhite, std::nullopt}, std::nullopt);
    ASSERT_FALSE(raster.ok());
    EXPECT_EQ(raster.error().code, ErrorCode::kInvalidInput);
    EXPECT_EQ(raster.error().message, std::string("path data: ") + message);
  }
}

TEST(Shape, CoordinatesBeyondReasonAreRefused) {
  std::string run_away = "M0 0Q0 400000 1 1";
  for (int i = 0; i < 50; ++i) run_away += "T1 -900000T1 900000";
  for (const std::string& d :
       {std::string("M 2000000 1"), std::string("M 1e400 1"), std::string("M0 0l 9e5 0 9e5 0"),
        std::string("M0 0h1e9"), std::string("M0 0A1e9 5 0 0 0 5 5"), run_away}) {
    SCOPED_TRACE(d.substr(0, 30));
    const auto raster = rasterise_shape({PathShape{d}, kWhite, std::nullopt}, std::nullopt);
    ASSERT_FALSE(raster.ok());
    EXPECT_EQ(raster.error().code, ErrorCode::kLimit);
  }
  const PolygonShape wide{{{-90000, 0}, {90000, 0}, {0, 9}}};
  const auto raster = rasterise_shape({wide, kWhite, std::nullopt}, std::nullopt);
  ASSERT_FALSE(raster.ok());
  EXPECT_EQ(raster.error().code, ErrorCode::kLimit);
  EXPECT_THAT(raster.error().message, HasSubstr("180000 x 9 pixels"));
}

TEST(Shape, WhatPaintsNothingIsOneTransparentPixel) {
  for (const scene::ShapeContent& shape :
       {scene::ShapeContent{PathShape{""}, kWhite, Stroke{kWhite, 3}},
        scene::ShapeContent{CircleShape{0}, kWhite, std::nullopt},
        scene::ShapeContent{RectangleShape{0, 9, 3}, kWhite, std::nullopt},
        scene::ShapeContent{EllipseShape{5, 0}, kWhite, std::nullopt}}) {
    const Raster raster = drawn(shape);
    EXPECT_EQ(coverage(raster), 0);
    EXPECT_GE(raster.box.width, 1);
    EXPECT_GE(raster.box.height, 1);
  }
}

// ---- Box and origin -----------------------------------------------------------------------------

TEST(Shape, TheBoxRunsFromZeroToTheFarCorner) {
  const Raster polygon = filled(PolygonShape{{{30, 40}, {90.5, 50}, {60, 80}}});
  EXPECT_EQ(polygon.box, (base::SizeF{90.5, 80}));
  EXPECT_EQ(polygon.picture->origin(), (base::PointF{30, 40}));
  EXPECT_EQ(polygon.picture->size(), (base::SizeI{61, 40}));
  // Tight round the curve, not round its control points; the stroke does not count.
  EXPECT_EQ(stroked(PathShape{"M0 0C0 80 100 80 100 0"}, 9).box, (base::SizeF{100, 60}));
  EXPECT_EQ(stroked(LineShape{{{0, 0}, {100, 0}}}, 10).box, (base::SizeF{100, 1}));
  const Raster negative = filled(PolygonShape{{{-20, -10}, {-5, -10}, {-5, -2}}});
  EXPECT_EQ(negative.box, (base::SizeF{1, 1}));
  EXPECT_EQ(negative.picture->origin(), (base::PointF{-20, -10}));
}

TEST(Shape, AGivenBoxDoesNotStretchTheShape) {
  const scene::ShapeContent shape{CircleShape{20}, kWhite, std::nullopt};
  const Raster raster = drawn(shape, base::SizeF{300, 10});
  EXPECT_EQ(raster.box, (base::SizeF{300, 10}));
  EXPECT_TRUE(same_pixels(raster, drawn(shape)));
}

TEST(Shape, AStrokeReachesHalfItsWidthOutOfTheBox) {
  const Raster raster = stroked(RectangleShape{20, 10, 0}, 4);
  EXPECT_EQ(raster.picture->origin(), (base::PointF{-2, -2}));
  EXPECT_EQ(raster.picture->size(), (base::SizeI{24, 14}));
  EXPECT_EQ(coverage(raster), 24 * 14 - 16 * 6);
  EXPECT_EQ(pixel(raster, 0, 0).alpha, 255) << "corners are mitred";
  EXPECT_EQ(at(raster, 10, 5).alpha, 0);
}

TEST(Shape, TheOriginIsWholeEvenWhenTheStrokeIsOdd) {
  const Raster raster = stroked(RectangleShape{20, 10, 0}, 3);
  EXPECT_EQ(raster.picture->origin(), (base::PointF{-2, -2}));
  EXPECT_EQ(raster.picture->size(), (base::SizeI{24, 14}));
  EXPECT_NEAR(pixel(raster, 10, 0).alpha, 128, 1);
  EXPECT_EQ(pixel(raster, 10, 1).alpha, 255);
}

TEST(Shape, TheStrokeLiesOverTheFill) {
  const Raster raster = drawn({RectangleShape{20, 20, 0}, kBlue, Stroke{Color{255, 0, 0, 128}, 8}});
  EXPECT_EQ(at(raster, -2, 10), (PremulRgba8{128, 0, 0, 128}));
  EXPECT_EQ(at(raster, 2, 10), (PremulRgba8{128, 0, 127, 255}));
  EXPECT_EQ(at(raster, 10, 10), (PremulRgba8{0, 0, 255, 255}));
}

TEST(Shape, ALineHasCutEndsMitredCornersAndNoFill) {
  const Raster raster =
      drawn({LineShape{{{10, 10}, {60, 10}, {60, 60}}}, kRed, Stroke{kWhite, 10}});
  EXPECT_EQ(at(raster, 9.5, 10).alpha, 0);
  EXPECT_EQ(at(raster, 10.5, 10).alpha, 255);
  EXPECT_EQ(at(raster, 60, 60.5).alpha, 0);
  EXPECT_EQ(at(raster, 64.5, 5.5).alpha, 255) << "neither a round corner nor a bevel reaches here";
  EXPECT_EQ(at(raster, 50, 20).alpha, 0) << "the fill would be here";
  // Two bars that share a 5 px square, and another one at the corner.
  EXPECT_NEAR(coverage(raster), 2 * 50 * 10 - 25 + 25, 0.5);
}

// ---- Gradients ----------------------------------------------------------------------------------

Gradient linear(double angle, std::vector<scene::GradientStop> stops) {
  Gradient gradient;
  gradient.angle_degrees = angle;
  gradient.stops = std::move(stops);
  return gradient;
}

void expect_near(PremulRgba8 actual, PremulRgba8 expected, int tolerance) {
  EXPECT_LE(
      std::max({std::abs(actual.red - expected.red), std::abs(actual.green - expected.green),
                std::abs(actual.blue - expected.blue), std::abs(actual.alpha - expected.alpha)}),
      tolerance)
      << testing::PrintToString(actual) << " is not " << testing::PrintToString(expected);
}

uint8_t level(double value) { return static_cast<uint8_t>(std::lround(value)); }

TEST(GradientFill, RunsStraightFromTheFirstColorToTheLast) {
  const Raster raster = filled(RectangleShape{256, 4, 0},
                               linear(90, {{{}, {200, 40, 90, 255}}, {{}, {20, 160, 230, 255}}}));
  for (int x = 0; x < 256; ++x) {
    const double t = (x + 0.5) / 256;
    expect_near(pixel(raster, x, 2),
                {level(200 - 180 * t), level(40 + 120 * t), level(90 + 140 * t), 255}, 1);
  }
}

TEST(GradientFill, AnglesAreThoseOfCss) {
  const std::vector<scene::GradientStop> stops = {{{}, kRed}, {{}, kBlue}};
  struct Case {
    double angle;
    base::PointF red;
    base::PointF blue;
  };
  for (const Case& each : {Case{0, {50, 49.5}, {50, 0.5}}, Case{180, {50, 0.5}, {50, 49.5}},
                           Case{90, {0.5, 25}, {99.5, 25}}, Case{270, {99.5, 25}, {0.5, 25}},
                           Case{45, {0.5, 49.5}, {99.5, 0.5}}, Case{-45, {99.5, 49.5}, {0.5, 0.5}},
                           Case{135, {0.5, 0.5}, {99.5, 49.5}}}) {
    SCOPED_TRACE(each.angle);
    const Raster raster = filled(RectangleShape{100, 50, 0}, linear(each.angle, stops));
    expect_near(at(raster, each.red.x, each.red.y), {255, 0, 0, 255}, 3);
    expect_near(at(raster, each.blue.x, each.blue.y), {0, 0, 255, 255}, 3);
    // The middle of the box has the middle colour, whatever the angle.
    expect_near(at(raster, 50, 25), {128, 0, 128, 255}, 3);
  }
}

TEST(GradientFill, TowardACornerTheMiddleColorJoinsTheOtherTwo) {
  for (const auto& [x, y] :
       {std::pair{1, 1}, std::pair{-1, 1}, std::pair{1, -1}, std::pair{-1, -1}}) {
    Gradient gradient = linear(77, {{{}, kRed}, {{}, kBlue}});
    gradient.toward = {x, y};
    const Raster raster = filled(RectangleShape{200, 50, 0}, gradient);
    const double right = x > 0 ? 199.5 : 0.5;
    const double bottom = y > 0 ? 49.5 : 0.5;
    expect_near(at(raster, right, bottom), {0, 0, 255, 255}, 3);
    expect_near(at(raster, 200 - right, 50 - bottom), {255, 0, 0, 255}, 3);
    expect_near(at(raster, 200 - right, bottom), {128, 0, 128, 255}, 3);
    expect_near(at(raster, right, 50 - bottom), {128, 0, 128, 255}, 3);
  }
}

TEST(GradientFill, TowardASideEqualsItsAngle) {
  for (const auto& [toward, angle] :
       {std::pair{std::pair{0, -1}, 0.0}, std::pair{std::pair{1, 0}, 90.0},
        std::pair{std::pair{0, 1}, 180.0}, std::pair{std::pair{-1, 0}, 270.0}}) {
    Gradient gradient = linear(33, {{{}, kRed}, {{}, kBlue}});
    gradient.toward = toward;
    EXPECT_TRUE(
        same_pixels(filled(RectangleShape{100, 50, 0}, gradient),
                    filled(RectangleShape{100, 50, 0}, linear(angle, {{{}, kRed}, {{}, kBlue}}))));
  }
}

TEST(GradientFill, ColorsAreMixedPremultiplied) {
  const auto mixed = [](Color a, Color b, double t) {
    const auto premultiplied = [&](double from, double to) {
      return level(from * a.alpha / 255 * (1 - t) + to * b.alpha / 255 * t);
    };
    return PremulRgba8{premultiplied(a.red, b.red), premultiplied(a.green, b.green),
                       premultiplied(a.blue, b.blue), premultiplied(255, 255)};
  };
  for (const auto& [a, b] : {std::pair{kRed, kTransparent}, std::pair{kTransparent, kBlue},
                             std::pair{Color{255, 0, 0, 255}, Color{0, 0, 255, 20}},
                             std::pair{Color{20, 250, 90, 30}, Color{240, 10, 200, 200}}}) {
    const Raster raster = filled(RectangleShape{256, 1, 0}, linear(90, {{{}, a}, {{}, b}}));
    for (int x = 0; x < 256; ++x) expect_near(pixel(raster, x, 0), mixed(a, b, (x + 0.5) / 256), 2);
  }
}

TEST(GradientFill, StopsWithoutAPlaceAreSpreadEvenly) {
  const Color green{0, 200, 0, 255};
  const Color white{255, 255, 255, 255};
  EXPECT_TRUE(
      same_pixels(filled(RectangleShape{200, 1, 0},
                         linear(90, {{{}, kRed}, {{}, green}, {{}, white}, {{}, kBlue}})),
                  filled(RectangleShape{200, 1, 0},
                         linear(90, {{0, kRed}, {1.0 / 3, green}, {2.0 / 3, white}, {1, kBlue}}))));
  EXPECT_TRUE(
      same_pixels(filled(RectangleShape{200, 1, 0},
                         linear(90, {{0.2, kRed}, {{}, green}, {0.6, white}, {{}, kBlue}})),
                  filled(RectangleShape{200, 1, 0},
                         linear(90, {{0.2, kRed}, {0.4, green}, {0.6, white}, {1, kBlue}}))));
}

TEST(GradientFill, AStopIsNeverBeforeAnEarlierOne) {
  const Raster raster = filled(RectangleShape{100, 1, 0}, linear(90, {{0.5, kRed}, {0.2, kBlue}}));
  EXPECT_EQ(pixel(raster, 48, 0), (PremulRgba8{255, 0, 0, 255}));
  EXPECT_EQ(pixel(raster, 51, 0), (PremulRgba8{0, 0, 255, 255}));
}

TEST(GradientFill, ACircleReachesTheFarthestCorner) {
  Gradient gradient = linear(0, {{{}, kRed}, {{}, kBlue}});
  gradient.shape = Gradient::Shape::kCircle;
  const Raster raster = filled(RectangleShape{160, 120, 0}, gradient);  // the corner is 100 px away
  for (const double distance : {0.7, 20.0, 40.0, 79.0}) {
    const double t = distance / 100;
    expect_near(at(raster, 80 + distance, 60), {level(255 * (1 - t)), 0, level(255 * t), 255}, 4);
    if (distance < 60) {
      expect_near(at(raster, 80, 60 + distance), {level(255 * (1 - t)), 0, level(255 * t), 255}, 4);
    }
  }
  expect_near(at(raster, 0.5, 119.5), {0, 0, 255, 255}, 4);
}

TEST(GradientFill, AnEllipseHasTheProportionsOfItsBox) {
  Gradient gradient = linear(0, {{{}, kRed}, {{}, kBlue}});
  gradient.shape = Gradient::Shape::kEllipse;
  const Raster raster = filled(RectangleShape{200, 50, 0}, gradient);
  expect_near(at(raster, 0.5, 0.5), {0, 0, 255, 255}, 4);
  const double side = std::sqrt(0.5);  // of the way to the corner's ellipse
  const PremulRgba8 expected{level(255 * (1 - side)), 0, level(255 * side), 255};
  expect_near(at(raster, 199.9, 25), expected, 4);
  expect_near(at(raster, 100, 49.9), expected, 4);
}

TEST(GradientFill, SpansTheGeometryWhereverItLies) {
  const Gradient gradient = linear(90, {{{}, kRed}, {{}, kBlue}});
  const Raster raster = filled(PolygonShape{{{500, 0}, {600, 0}, {600, 10}, {500, 10}}}, gradient);
  expect_near(at(raster, 500.5, 5), {254, 0, 1, 255}, 2);
  expect_near(at(raster, 599.5, 5), {1, 0, 254, 255}, 2);
}

// ---- Color --------------------------------------------------------------------------------------

TEST(ColorContent, FillsTheBoxExactly) {
  const auto raster = rasterise_color({200, 40, 90, 128}, {30.4, 20});
  ASSERT_TRUE(raster.ok());
  EXPECT_EQ(raster.value().picture->size(), (base::SizeI{30, 20}));
  EXPECT_EQ(raster.value().box, (base::SizeF{30.4, 20}));
  EXPECT_EQ(pixel(raster.value(), 0, 0), (PremulRgba8{100, 20, 45, 128}));
  EXPECT_EQ(pixel(raster.value(), 29, 19), (PremulRgba8{100, 20, 45, 128}));
  EXPECT_EQ(rasterise_color(kWhite, {16384, 16384}).error().code, ErrorCode::kLimit);
}

// --- Memory ---

TEST(RasteriseShape, NeedsItsShareOfTheMemoryForAllPictures) {
  const int64_t unbounded = frame::image_bytes_max();
  const scene::ShapeContent square{RectangleShape{100.0, 100.0, 0}, kRed, std::nullopt};
  frame::set_image_bytes_max(frame::image_bytes() + 40'000);
  const auto fits = rasterise_shape(square, std::nullopt);
  frame::set_image_bytes_max(frame::image_bytes() + 39'999);
  const auto more = rasterise_shape(square, std::nullopt);
  const auto color = rasterise_color(kRed, {100, 100});
  frame::set_image_bytes_max(unbounded);
  EXPECT_TRUE(fits);
  ASSERT_FALSE(more);
  EXPECT_EQ(more.error().code, ErrorCode::kLimit);
  EXPECT_TRUE(is_of_memory(more.error()));
  EXPECT_TRUE(is_of_memory(base::with_context(more.error(), "the layer is not drawn")));
  EXPECT_THAT(more.error().message, HasSubstr("the picture needs 1 MiB of the "));
  ASSERT_FALSE(color);
  EXPECT_TRUE(is_of_memory(color.error()));
  EXPECT_FALSE(is_of_memory(base::over_limit("the picture is too large")));
}

}  // namespace
}  // namespace layercast::content
