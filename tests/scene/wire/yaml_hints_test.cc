#include "scene/wire/yaml_hints.h"

#include "scene/wire/scene_file.h"
#include "scene/wire/yaml_codec.h"

#include <ctime>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kHead =
    "version: 1\n"
    "scene: t\n"
    "canvas: {width: 64, height: 64, fps: 10, background: \"#000000\"}\n"
    "layers:\n"
    "  - id: a\n"
    "    type: overlay\n";

std::vector<std::string> faults_of(const std::string& yaml) {
  const auto read = parse_scene(yaml, "s");
  return read ? std::vector<std::string>{} : read.error().lines;
}

std::vector<std::string> warnings_of(const std::string& yaml) {
  const auto read = parse_scene(yaml, "s");
  for (const std::string& line : faults_of(yaml)) ADD_FAILURE() << line;
  return read ? read.value().warnings : std::vector<std::string>{};
}

struct Mistake {
  std::string yaml;
  const char* place;
  const char* words;
};
void expect_explained(const std::vector<Mistake>& mistakes) {
  for (const auto& [yaml, place, words] : mistakes) {
    const auto lines = faults_of(kHead + yaml);
    ASSERT_EQ(lines.size(), 1) << yaml << ::testing::PrintToString(lines);
    EXPECT_TRUE(lines[0].starts_with("s:" + std::string(place) + ": ")) << yaml << lines[0];
    EXPECT_THAT(lines[0], HasSubstr(words)) << yaml;
  }
}

TEST(UnquotedHash, InBracketsIsToldWhereItStands) {
  const char* const words =
      "not YAML: \"#\" begins a comment here, which hides the rest of the line, expected the value "
      "in quotes: \"#ff0000\"";
  const std::string next = "  - id: b\n    type: overlay\n    content: {type: color, color: red}\n";
  expect_explained({
      {"    content: {type: color, color: #ff0000}\n", "7:35", words},
      {"    content: {type: color, color: #ff0000}", "7:35", words},
      {"    content: {type: color, color: #ff0000}\n" + next, "7:35", words},
      {"    content: {color: #ff0000, type: color}\n    opacity: 1\n", "7:22", words},
      {"    # note: a {\n    content: {type: color, # the kind\n      color: #ff0000}\n", "9:14",
       words},
      {"    content: {type: text, text: 'a #b', style: {color: #ff0000}}\n", "7:56", words},
      {"    content: {type: text, text: Lot #12}\n", "7:37", "the value in quotes: \"#12\""},
  });
}

TEST(UnquotedHash, InABlockIsToldWhereItStands) {
  const char* const words = "\"#\" begins a comment: write \"#ff0000\" in quotes";
  expect_explained({
      {"    content:\n      type: color\n      color: #ff0000\n", "9:14", words},
      {"    content:\n      color: #ff0000\n      type: color\n", "8:14", words},
      {"    content:\n      color: #ff0000\n\n      # a note\n      type: color\n", "8:14", words},
      {"    content: {type: text, text: x}\n    clip: #ff0000\n    opacity: 1\n", "8:11", words},
      {"    content:\n      type: color\n      color: rgb(1 2 #3)\n", "9:14",
       "\"#\" after a space begins a comment: write the value in quotes"},
  });
  EXPECT_THAT(faults_of("version: 1\nscene: a\ncanvas: {width: 64, height: 64}\nlayers: []\n"
                        "fonts:\n  - #a.ttf\n  - #b.ttf\n"),
              ElementsAre(HasSubstr("s:6:5: fonts[0]: got nothing"),
                          HasSubstr("s:7:5: fonts[1]: got nothing")));
}

TEST(UnquotedHash, ThatCutsATextIsWarnedOf) {
  const std::string layer = kHead + "    content:\n      type: text\n      text: ";
  EXPECT_THAT(warnings_of(layer + "Lot #12\n"),
              ElementsAre("s:9:17: \"#\" begins a comment, so the text is \"Lot\"; to include the "
                          "rest, write the text in quotes"));
  for (const char* const fine :
       {"Lot # the first\n", "\"Lot #12\"\n", "'Lot' #12\n", "Lot#12\n", "|\n        Lot #12\n"}) {
    EXPECT_THAT(warnings_of(layer + fine), IsEmpty()) << fine;
  }
}

TEST(Tabs, ThatIndentAreToldOnTheirLine) {
  const char* const words = "not YAML: a tab indents this line, expected spaces";
  expect_explained({
      {"\tcontent: {type: color, color: red}\n", "7:1", words},
      {"    content:\n  \ttype: color\n", "8:3", words},
      {"    content: {type: color, color: red}\n\topacity: 1\n", "8:1", words},
  });
  EXPECT_THAT(faults_of("version: 1\nscene: t\ncanvas:\n\twidth: 64\n\theight: 64\nlayers: []\n"),
              ElementsAre("s:4:1: not YAML: a tab indents this line, expected spaces"));
  EXPECT_THAT(
      faults_of("version: 1\nscene: t\ncanvas: {width: 64, height: 64}\nlayers:\n\t- id: a\n"),
      ElementsAre("s:5:1: not YAML: a tab indents this line, expected spaces"));
  EXPECT_THAT(
      faults_of("version: 1\nscene: t\n\tmore\ncanvas: {width: 64, height: 64}\nlayers: []\n"),
      ElementsAre("s:3:1: not YAML: a tab indents this line, expected spaces"));
}

TEST(Tabs, BetweenValuesAreFine) {
  EXPECT_THAT(faults_of("version:\t1\nscene: t\t# a note\ncanvas: {\n\twidth: 64,\theight: 64}\n"
                        "layers: []\n"),
              IsEmpty());
}

TEST(Placeholder, WithoutQuotesIsToldAsOneFault) {
  const char* const words =
      "\"{{\" begins a mapping in YAML, not a placeholder, expected the text in quotes: "
      "\"{{clock}}\"";
  expect_explained({
      {"    content: {type: text, text: {{clock}}}\n", "7:33", words},
      {"    content:\n      type: text\n      text: {{clock}}\n", "9:13", words},
      {"    content:\n      type: text\n      text: {{clock}} now\n", "9:13", words},
  });
}

TEST(Syntax, MistakesAreExplained) {
  const std::string text = "    content:\n      type: text\n      text: ";
  expect_explained({
      {text + "\"now\n      style: {}\n", "9:13", "the quoted text is not closed"},
      {text + "'now\n", "9:13", "the quoted text is not closed"},
      {text + "[LIVE] now\n      style: {}\n", "9:20",
       "text follows a closing bracket or quotation mark"},
      {text + "\"now\" he said\n", "9:19", "or the whole text in quotes"},
      {text + "Price: 12\n", "9:18", "expected text that contains \": \" in quotes"},
      {"    content: {type: text, text: Price: 12}\n", "7:38",
       "text that contains \": \" in quotes"},
      {text + "@name\n", "9:13", "a value cannot begin with \"@\", expected the text in quotes"},
      {text + "%5\n", "9:13", "a value cannot begin with \"%\""},
      {text + "`x`\n", "9:13", "a value cannot begin with \"`\""},
      {text + "*wow\n", "9:13", "or text that begins with \"*\" in quotes"},
      {text + "!wow\n", "9:13", "or text that begins with \"!\" in quotes"},
      {text + "- now\n", "9:13", "the list on lines of its own, or the text in quotes"},
      {"    content: {type: text, text: now\n  - id: b\n    type: overlay\n", "7:14",
       "\"{\" is not closed, expected \"}\""},
      {"    content: {type: text, text: now\n", "7:14", "\"{\" is not closed, expected \"}\""},
      {"    content: {type: text, text: now}\n    size: [1, 2\n", "8:11",
       "\"[\" is not closed, expected \"]\""},
      {"    visible:true\n    content: {type: text, text: now}\n", "7:12",
       "a space is missing after \":\""},
      {"   content:\n      type: text\n", "7:4", "the indentation of this line"},
  });
}

TEST(Explanations, OfHugeTextsTakeTimeInProportion) {
  const std::clock_t before = std::clock();
  std::string line = "a: [";
  for (int i = 0; i < 90'000; ++i) line += "{b: , c: x}, ";
  read_yaml(line);
  std::string items = "a:\n";
  for (int i = 0; i < 90'000; ++i) items += "- #x\n";
  read_yaml(items);
  // About a second; looking through the whole text for each value took minutes.
  EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 20);
}

}  // namespace
}  // namespace layercast::scene
