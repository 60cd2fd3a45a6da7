#include "scene/wire/gradient_text.h"

#include "base/color.h"
#include "scene/model/limits.h"
#include "scene/model/scene.h"

#include <array>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::scene {
namespace {

using base::Color;
using Shape = Gradient::Shape;

constexpr Color kOrange{255, 64, 0, 255};
constexpr Color kTeal{32, 200, 128, 255};

Gradient gradient(Shape shape, double degrees = 180) {
  Gradient made;
  made.shape = shape;
  made.angle_degrees = degrees;
  made.stops = {{std::nullopt, kOrange}, {std::nullopt, kTeal}};
  return made;
}

Gradient toward(int across, int down) {
  Gradient made = gradient(Shape::kLinear);
  made.toward = {across, down};
  return made;
}

std::optional<Gradient> parsed(std::string_view geometry) {
  return parse_gradient(std::string(geometry) + "#ff4000, #20c880)");
}

TEST(ParseGradient, ReadsEveryGeometryOfCss) {
  EXPECT_EQ(parsed("linear-gradient("), gradient(Shape::kLinear, 180));
  EXPECT_EQ(parsed("linear-gradient(90deg, "), gradient(Shape::kLinear, 90));
  EXPECT_EQ(parsed("linear-gradient(-0.25turn, "), gradient(Shape::kLinear, -90));
  EXPECT_EQ(parsed("linear-gradient(100grad, "), gradient(Shape::kLinear, 90));
  EXPECT_EQ(parsed("linear-gradient(0rad, "), gradient(Shape::kLinear, 0));
  EXPECT_EQ(parsed("linear-gradient(+45.5deg, "), gradient(Shape::kLinear, 45.5));
  EXPECT_EQ(parsed("linear-gradient(to right, "), toward(1, 0));
  EXPECT_EQ(parsed("linear-gradient(to top, "), toward(0, -1));
  EXPECT_EQ(parsed("linear-gradient(to bottom left, "), toward(-1, 1));
  EXPECT_EQ(parsed("linear-gradient(to  left   bottom, "), toward(-1, 1));
  EXPECT_EQ(parsed("radial-gradient("), gradient(Shape::kEllipse));
  EXPECT_EQ(parsed("radial-gradient(ellipse, "), gradient(Shape::kEllipse));
  EXPECT_EQ(parsed("radial-gradient(circle, "), gradient(Shape::kCircle));
  EXPECT_EQ(parsed("radial-gradient(circle at center, "), gradient(Shape::kCircle));
}

TEST(ParseGradient, ReadsColorsAndPlacesOfStops) {
  const auto read = parse_gradient(
      " linear-gradient( 90deg , rgb(255 64 0) 0% , hsl(154, 72%, 45%) 62.5%,tomato ,#0008 100% "
      ") ");
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->stops.size(), 4);
  EXPECT_EQ(read->stops[0], (GradientStop{0, kOrange}));
  EXPECT_EQ(read->stops[1], (GradientStop{0.625, *base::parse_color("hsl(154, 72%, 45%)")}));
  EXPECT_EQ(read->stops[2], (GradientStop{std::nullopt, {255, 99, 71, 255}}));
  EXPECT_EQ(read->stops[3], (GradientStop{1, {0, 0, 0, 136}}));
}

TEST(ParseGradient, RefusesWhatIsNone) {
  for (const std::string_view text : {"",
                                      "red",
                                      "linear-gradient",
                                      "linear-gradient(",
                                      "linear-gradient()",
                                      "linear-gradient(red)",
                                      "linear-gradient(red, )",
                                      "linear-gradient(red, blue",
                                      "linear-gradient(90, red, blue)",
                                      "linear-gradient(90 deg, red, blue)",
                                      "linear-gradient(1e308turn, red, blue)",
                                      "linear-gradient(1e308rad, red, blue)",
                                      "linear-gradient(to, red, blue)",
                                      "linear-gradient(to middle, red, blue)",
                                      "linear-gradient(to left left, red, blue)",
                                      "linear-gradient(to left right, red, blue)",
                                      "linear-gradient(left, red, blue)",
                                      "linear-gradient(nandeg, red, blue)",
                                      "linear-gradient(infdeg, red, blue)",
                                      "linear-gradient(red 10px, blue)",
                                      "linear-gradient(red -1%, blue)",
                                      "linear-gradient(red 101%, blue)",
                                      "linear-gradient(red 10% 20%, blue)",
                                      "linear-gradient(redd, blue)",
                                      "linear-gradient(red; blue)",
                                      "radial-gradient(90deg, red, blue)",
                                      "radial-gradient(circl, red, blue)",
                                      "radial-gradient(circle at left, red, blue)",
                                      "radial-gradient(circles, red, blue)",
                                      "conic-gradient(red, blue)",
                                      "repeating-linear-gradient(red, blue)",
                                      "linear-gradient(red, blue) x",
                                      "linear-gradient((red, blue)",
                                      "linear-gradient(red)), blue)"}) {
    EXPECT_EQ(parse_gradient(text), std::nullopt) << text;
  }
}

TEST(ParseGradient, TakesAsManyStopsAsTheLimitSays) {
  std::string stops = "red";
  for (int i = 1; i < limits::kGradientStopsMax; ++i) stops += ", blue";
  EXPECT_TRUE(parse_gradient("linear-gradient(" + stops + ")").has_value());
  EXPECT_FALSE(parse_gradient("linear-gradient(" + stops + ", blue)").has_value());
}

TEST(GradientText, IsTheCssForm) {
  EXPECT_EQ(gradient_text(gradient(Shape::kLinear, 90)),
            "linear-gradient(90deg, #ff4000, #20c880)");
  EXPECT_EQ(gradient_text(toward(1, -1)), "linear-gradient(to top right, #ff4000, #20c880)");
  EXPECT_EQ(gradient_text(gradient(Shape::kCircle)), "radial-gradient(circle, #ff4000, #20c880)");
  Gradient placed = gradient(Shape::kEllipse);
  placed.stops[0].at = 0.1;
  placed.stops[1] = {0.335, {1, 2, 3, 128}};
  EXPECT_EQ(gradient_text(placed), "radial-gradient(ellipse, #ff4000 10%, #01020380 33.5%)");
}

TEST(GradientText, EveryPercentageThatCanBeWrittenReadsBackToTheLastBit) {
  for (int i = 0; i <= 30'000; ++i) {
    for (const double percent : {i / 300.0, i / 300.1}) {
      Gradient written = gradient(Shape::kLinear, percent * 7.3);
      written.stops[0].at = percent / 100;
      ASSERT_EQ(parse_gradient(gradient_text(written)), written) << gradient_text(written);
    }
  }
}

}  // namespace
}  // namespace layercast::scene
