#include "scene/wire/length_codecs.h"

#include "scene/wire/scene_tables.h"
#include "tests/scene/parsed_scene.h"

#include <array>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>

namespace layercast::scene {
namespace {

TEST(Lengths, AreReadAsInCss) {
  EXPECT_EQ(parse_relative_length("50%"), (Length{0, 50}));
  EXPECT_EQ(parse_relative_length("-12.5%"), (Length{0, -12.5}));
  EXPECT_EQ(parse_relative_length("calc(50% - 20px)"), (Length{-20, 50}));
  EXPECT_EQ(parse_relative_length("calc( 20px + 50% )"), (Length{20, 50}));
  EXPECT_EQ(parse_relative_length("calc(20px - 50%)"), (Length{20, -50}));
  EXPECT_EQ(parse_relative_length("calc(100% + -8px)"), (Length{-8, 100}));
  for (const std::string_view wrong :
       {"", "50", "%", "50 %", "20px", "calc()", "calc(50%)", "calc(50%-20px)", "calc(50% -20px)",
        "calc(50% - 20)", "calc(50% - 20%)", "calc(5px + 20px)", "calc(50% * 2px)",
        "calc(50% - 20px + 1px)", " 50%", "50% ", "calc(50% - 20px", "nan%", "inf%"}) {
    EXPECT_EQ(parse_relative_length(wrong), std::nullopt) << wrong;
  }
}

TEST(Lengths, AreWrittenAsTheyAreRead) {
  for (const std::string_view text : {"50%", "-12.5%", "calc(50% - 20px)", "calc(-50% + 0.25px)"}) {
    const auto length = parse_relative_length(text);
    ASSERT_TRUE(length) << text;
    EXPECT_EQ(relative_length_text(*length), text);
  }
}

TEST(Lengths, HavePercentagesOfTheParent) {
  constexpr base::SizeF kParent{1920, 1080};
  EXPECT_EQ((LengthPoint{Length{-20, 50}, 30}.in(kParent)), (base::PointF{940, 30}));
  EXPECT_EQ((LengthSize{Length{0, 25}, Length{8, 10}}.in(kParent)), (base::SizeF{480, 116}));
}

std::string layer_with(std::string_view values) {
  return "version: 1\nscene: s\ncanvas: {width: 64, height: 36}\nlayers:\n"
         "  - id: a\n    type: overlay\n    content: {type: color, color: red}\n    " +
         std::string(values) + "\n";
}

std::string fault_of(std::string_view values) {
  const auto read = parse_scene(layer_with(values), "test.yaml");
  if (read) return "";
  return read.error().lines.empty() ? "no line" : read.error().lines.front();
}

TEST(Lengths, ThatCannotBeAreFaults) {
  EXPECT_EQ(fault_of("size: [50%, \"calc(50% - 20px)\"]"), "");
  EXPECT_EQ(fault_of("transform: {position: [\"50 %\", 0]}"),
            "test.yaml:8:28: layers[0].transform.position[0]: \"50 %\" is not a length, expected "
            "[x, y], each in px, as \"50%\" or as \"calc(50% - 20px)\"");
  EXPECT_EQ(
      fault_of("size: [-1%, 5]"),
      "test.yaml:8:12: layers[0].size[0]: \"-1%\" is out of range, expected from 0% to 1000%, "
      "and 1px to 16384px");
  EXPECT_EQ(fault_of("size: [\"0%\", 5]"),
            "test.yaml:8:12: layers[0].size[0]: \"0%\" is out of range, expected from 0% to 1000%, "
            "and 1px to 16384px");
  EXPECT_EQ(fault_of("transform: {position: [\"0%\", 0]}"), "");
  EXPECT_EQ(fault_of("size: [50%, 0]"),
            "test.yaml:8:17: layers[0].size[1]: 0 is below 1, expected a number from 1 to 16384");
}

TEST(Anchors, HaveNames) {
  struct Named {
    std::string_view name;
    base::PointF point;
  };
  for (const auto& [name, point] :
       {Named{"center", {0.5, 0.5}}, Named{"top-left", {0, 0}}, Named{"top", {0.5, 0}},
        Named{"top-right", {1, 0}}, Named{"left", {0, 0.5}}, Named{"right", {1, 0.5}},
        Named{"bottom-left", {0, 1}}, Named{"bottom", {0.5, 1}}, Named{"bottom-right", {1, 1}},
        Named{"[0.25, 1]", {0.25, 1}}}) {
    const SceneFile file =
        parsed_scene(layer_with("transform: {anchor: " + std::string(name) + "}"));
    EXPECT_EQ(file.scene.layers.at(0)->transform.anchor, point) << name;
  }
  EXPECT_EQ(fault_of("transform: {anchor: centre}"),
            "test.yaml:8:25: layers[0].transform.anchor: \"centre\" is not understood, expected "
            "[x, y] of the box, or center, top-left, top, top-right, left, right, bottom-left, "
            "bottom or bottom-right; did you mean \"center\"?");
}

}  // namespace
}  // namespace layercast::scene
