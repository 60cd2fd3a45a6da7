#include "base/color.h"

#include <array>
#include <cmath>
#include <gtest/gtest.h>
#include <string>

namespace layercast::base {
namespace {

struct ColorCase {
  const char* text;
  Color color;
};

template <size_t count>
void expect_all(const std::array<ColorCase, count>& cases) {
  for (const auto& [text, color] : cases) {
    const auto parsed = parse_color(text);
    ASSERT_TRUE(parsed) << text;
    EXPECT_EQ(color_text(*parsed), color_text(color)) << text;
  }
}

TEST(Color, HexDigitsMayBeThreeFourSixOrEight) {
  expect_all(std::array{
      ColorCase{"#f80", {255, 136, 0, 255}},
      ColorCase{"#f80c", {255, 136, 0, 204}},
      ColorCase{"#0b1020", {11, 16, 32, 255}},
      ColorCase{"#0B1020", {11, 16, 32, 255}},
      ColorCase{"#0b102080", {11, 16, 32, 128}},
      ColorCase{"  #fff\n", {255, 255, 255, 255}},
  });
}

TEST(Color, NamesAreThoseOfCss) {
  expect_all(std::array{
      ColorCase{"aliceblue", {240, 248, 255, 255}},
      ColorCase{"rebeccapurple", {102, 51, 153, 255}},
      ColorCase{"RebeccaPurple", {102, 51, 153, 255}},
      ColorCase{"yellowgreen", {154, 205, 50, 255}},
      ColorCase{"green", {0, 128, 0, 255}},
      ColorCase{"lime", {0, 255, 0, 255}},
      ColorCase{"gray", {128, 128, 128, 255}},
      ColorCase{"darkgray", {169, 169, 169, 255}},  // CSS: lighter than gray
      ColorCase{"maroon", {128, 0, 0, 255}},
      ColorCase{"purple", {128, 0, 128, 255}},
      ColorCase{"mediumpurple", {147, 112, 219, 255}},
      ColorCase{"palevioletred", {219, 112, 147, 255}},
      ColorCase{"lightgoldenrodyellow", {250, 250, 210, 255}},
      ColorCase{"cornflowerblue", {100, 149, 237, 255}},
      ColorCase{"tomato", {255, 99, 71, 255}},
      ColorCase{"transparent", {0, 0, 0, 0}},
      ColorCase{" Red ", {255, 0, 0, 255}},
  });
}

TEST(Color, GrayAndGreyAreTheSame) {
  for (const std::string prefix :
       {"", "dark", "dim", "light", "slate", "darkslate", "lightslate"}) {
    ASSERT_TRUE(parse_color(prefix + "gray")) << prefix;
    EXPECT_EQ(parse_color(prefix + "gray"), parse_color(prefix + "grey")) << prefix;
  }
  EXPECT_EQ(parse_color("cyan"), parse_color("aqua"));
  EXPECT_EQ(parse_color("magenta"), parse_color("fuchsia"));
}

TEST(Color, RgbTakesCommasOrSpaces) {
  expect_all(std::array{
      ColorCase{"rgb(1,2,3)", {1, 2, 3, 255}},
      ColorCase{"rgb( 1 , 2 , 3 )", {1, 2, 3, 255}},
      ColorCase{"rgb(1, 2, 3, .5)", {1, 2, 3, 128}},
      ColorCase{"rgb(1, 2, 3, 50%)", {1, 2, 3, 128}},
      ColorCase{"rgba(1, 2, 3, 0)", {1, 2, 3, 0}},
      ColorCase{"rgba(1, 2, 3)", {1, 2, 3, 255}},
      ColorCase{"rgb(1 2 3)", {1, 2, 3, 255}},
      ColorCase{"RGB(1 2 3 / 0.25)", {1, 2, 3, 64}},
      ColorCase{"rgb(1 2 3/25%)", {1, 2, 3, 64}},
      ColorCase{"rgba(\t1\n2\r3 )", {1, 2, 3, 255}},
      ColorCase{"rgb(100%, 50%, 20%)", {255, 128, 51, 255}},
      ColorCase{"rgb(100% 50 20%)", {255, 50, 51, 255}},
      ColorCase{"rgb(none 20 none / none)", {0, 20, 0, 0}},
      ColorCase{"rgb(+1 2e1 .3E+2)", {1, 20, 30, 255}},
  });
}

TEST(Color, ChannelsAreRoundedToNearestAndClamped) {
  expect_all(std::array{
      ColorCase{"rgb(0.49, 0.5, 254.5)", {0, 1, 255, 255}},
      ColorCase{"rgb(-20, 256, 1e9)", {0, 255, 255, 255}},
      ColorCase{"rgb(-1%, 101%, 30%)", {0, 255, 77, 255}},
      ColorCase{"rgb(0 0 0 / 1.5)", {0, 0, 0, 255}}, ColorCase{"rgb(0 0 0 / -1)", {0, 0, 0, 0}},
      ColorCase{"rgb(10%, 30%, 70%)", {26, 77, 179, 255}},  // 25.5, 76.5, 178.5
  });
}

TEST(Color, HueTakesEveryAngleUnitAndWraps) {
  expect_all(std::array{
      ColorCase{"hsl(120, 100%, 25%)", {0, 128, 0, 255}},
      ColorCase{"hsl(120deg 100% 25%)", {0, 128, 0, 255}},
      ColorCase{"hsl(-240 100 25)", {0, 128, 0, 255}},
      ColorCase{"hsl(840deg, 100%, 25%)", {0, 128, 0, 255}},
      ColorCase{"hsl(0.5turn 100% 50%)", {0, 255, 255, 255}},
      ColorCase{"hsl(200grad 100% 50%)", {0, 255, 255, 255}},
      ColorCase{"hsl(3.14159265358979rad 100% 50%)", {0, 255, 255, 255}},
      ColorCase{"hsla(30, 100%, 50%, 0.2)", {255, 128, 0, 51}},
      ColorCase{"hsl(30 100% 50% / 20%)", {255, 128, 0, 51}},
      ColorCase{"HSL(none 0% 100%)", {255, 255, 255, 255}},
      ColorCase{"hsl(0 -50% 50%)", {128, 128, 128, 255}},
      ColorCase{"hsl(15 200% 50%)", {255, 0, 0, 255}},  // beyond the gamut, then clamped
      ColorCase{"hsl(200 50% 150%)", {255, 255, 255, 255}},
      ColorCase{"hsl(200 50% -50%)", {0, 0, 0, 255}},
  });
}

TEST(Color, HwbMixesTheHueWithWhiteAndBlack) {
  expect_all(std::array{
      ColorCase{"hwb(0 0% 0%)", {255, 0, 0, 255}},
      ColorCase{"hwb(120 20% 40%)", {51, 153, 51, 255}},
      ColorCase{"hwb(0.75turn 10% 20% / .5)", {115, 26, 204, 128}},
      ColorCase{"hwb(45 40% 80%)", {85, 85, 85, 255}},
      ColorCase{"hwb(45 100% 100%)", {128, 128, 128, 255}},
      ColorCase{"hwb(none none none)", {255, 0, 0, 255}},
  });
}

// The hexagon of HSL by sectors, as textbooks have it; the code under test uses another formula.
Color color_by_sectors(int hue, int saturation, int lightness) {
  const double chroma = (1 - std::fabs(2 * lightness / 100.0 - 1)) * saturation / 100.0;
  const double place = hue / 60.0;
  const double between = chroma * (1 - std::fabs(std::fmod(place, 2.0) - 1));
  const double low = lightness / 100.0 - chroma / 2;
  const std::array<std::array<double, 3>, 6> sectors = {{{chroma, between, 0},
                                                         {between, chroma, 0},
                                                         {0, chroma, between},
                                                         {0, between, chroma},
                                                         {between, 0, chroma},
                                                         {chroma, 0, between}}};
  const auto& sector = sectors[static_cast<size_t>(place)];
  const auto channel = [&](double level) {
    return static_cast<uint8_t>(std::lround((level + low) * 255 + 1e-9));
  };
  return {channel(sector[0]), channel(sector[1]), channel(sector[2]), 255};
}

TEST(Color, HslAgreesWithTheTextbookHexagon) {
  for (int hue = 0; hue < 360; ++hue) {
    for (int saturation = 0; saturation <= 100; saturation += 5) {
      for (int lightness = 0; lightness <= 100; lightness += 5) {
        const std::string text = "hsl(" + std::to_string(hue) + " " + std::to_string(saturation) +
                                 "% " + std::to_string(lightness) + "%)";
        ASSERT_EQ(color_text(*parse_color(text)),
                  color_text(color_by_sectors(hue, saturation, lightness)))
            << text;
      }
    }
  }
}

TEST(Color, RefusesWhatIsNoColour) {
  for (const char* bad : {"",
                          " ",
                          "#",
                          "#1",
                          "#12",
                          "#12345",
                          "#1234567",
                          "#123456789",
                          "#ggg",
                          "#-12",
                          "#+123",
                          "# fff",
                          "fff",
                          "bleu",
                          "currentcolor",
                          "inherit",
                          "none",
                          "red blue",
                          "rgb",
                          "rgb()",
                          "rgb(1,2)",
                          "rgb(1 2)",
                          "rgb(1,2,3",
                          "rgb 1,2,3)",
                          "rgb (1,2,3)",
                          "rgb(1,2,3))",
                          "rgb(1,2,3,4,5)",
                          "rgb(1 2 3 4)",
                          "rgb(1,2 3)",
                          "rgb(1 2,3)",
                          "rgb(1,2,3 / 1)",
                          "rgb(1 2 3, 1)",
                          "rgb(1,2,3,)",
                          "rgb(1 2 3 /)",
                          "rgb(,1,2,3)",
                          "rgb(1,,2,3)",
                          "rgb(1, 50%, 3)",
                          "rgb(none, 1, 2)",
                          "rgb(1, 2, 3, none)",
                          "rgb(nan 0 0)",
                          "rgb(inf 0 0)",
                          "rgb(1e999 0 0)",
                          "rgb(1px 0 0)",
                          "rgb(1deg 0 0)",
                          "rgb(0 0 0 / 90deg)",
                          "rgb(1. 2 3)",
                          "rgb(0x10 0 0)",
                          "rgb(#123)",
                          "rgb(- 1 2)",
                          "hsl(1, 2, 3)",
                          "hsl(10%, 20%, 30%)",
                          "hsl(0 10deg 20%)",
                          "hsl(none, 10%, 20%)",
                          "hsl(10px 10% 10%)",
                          "hwb(1, 2%, 3%)",
                          "hwba(1 2% 3%)",
                          "lab(1 2 3)",
                          "url(x)"}) {
    EXPECT_EQ(parse_color(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(parse_color(std::string("red\0", 4)), std::nullopt);
  EXPECT_EQ(parse_color("r\xc3\xa9"
                        "d"),
            std::nullopt);
}

TEST(Color, WrittenBackReadsTheSame) {
  for (int alpha = 0; alpha < 256; ++alpha) {
    const Color color{static_cast<uint8_t>(255 - alpha), 7, 160, static_cast<uint8_t>(alpha)};
    EXPECT_EQ(parse_color(color_text(color)), color);
  }
  EXPECT_EQ(color_text({11, 16, 32, 255}), "#0b1020");
  EXPECT_EQ(color_text({255, 160, 0, 15}), "#ffa0000f");
}

}  // namespace
}  // namespace layercast::base
