#include "scene/wire/yaml_codec.h"

#include "scene/model/limits.h"
#include "scene/wire/value.h"
#include "tests/scene/random_scene.h"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <gtest/gtest.h>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

using Kind = Value::Kind;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

Value read_whole(std::string_view yaml) {
  const YamlDocument document = read_yaml(yaml);
  for (const auto& fault : document.faults) ADD_FAILURE() << yaml << ": " << fault.to_string();
  return document.value;
}

std::vector<std::string> faults_of(std::string_view yaml) {
  std::vector<std::string> lines;
  for (const auto& fault : read_yaml(yaml).faults) lines.push_back(fault.to_string());
  return lines;
}

using Lines = std::vector<std::string>;

/// --- The core schema ---

TEST(CoreSchema, PlainScalarsAreWhatYaml12SaysAndNotWhatYaml11Said) {
  struct Case {
    std::string_view yaml;
    Kind kind;
  };
  constexpr std::array kCases = {
      Case{"", Kind::kNull},           Case{"~", Kind::kNull},
      Case{"null", Kind::kNull},       Case{"Null", Kind::kNull},
      Case{"NULL", Kind::kNull},       Case{"nULL", Kind::kString},
      Case{"true", Kind::kBoolean},    Case{"True", Kind::kBoolean},
      Case{"FALSE", Kind::kBoolean},   Case{"tRUE", Kind::kString},
      Case{"yes", Kind::kString},      Case{"No", Kind::kString},
      Case{"on", Kind::kString},       Case{"off", Kind::kString},
      Case{"y", Kind::kString},        Case{"12:30:45", Kind::kString},
      Case{"1_000", Kind::kString},    Case{"1,000", Kind::kString},
      Case{"0b101", Kind::kString},    Case{"2026-01-01", Kind::kString},
      Case{"1.2.3", Kind::kString},    Case{"1e", Kind::kString},
      Case{"e3", Kind::kString},       Case{".", Kind::kString},
      Case{"+", Kind::kString},        Case{"0x", Kind::kString},
      Case{"0xg", Kind::kString},      Case{"-0x10", Kind::kString},
      Case{"0o8", Kind::kString},      Case{"nan", Kind::kString},
      Case{"inf", Kind::kString},      Case{"infinity", Kind::kString},
      Case{".Nan", Kind::kString},     Case{"+.nan", Kind::kString},
      Case{"6M", Kind::kString},       Case{"500ms", Kind::kString},
      Case{"'12'", Kind::kString},     Case{"\"true\"", Kind::kString},
      Case{"''", Kind::kString},       Case{"! 12", Kind::kString},
      Case{"!!str 12", Kind::kString},
  };
  for (const auto& [yaml, kind] : kCases) {
    const Value value = read_whole("a: " + std::string(yaml));
    ASSERT_NE(value.find("a"), nullptr) << yaml;
    EXPECT_EQ(value.find("a")->kind, kind) << yaml;
  }
}

TEST(CoreSchema, NumbersHaveTheirValueAndKeepTheirSpelling) {
  struct Case {
    std::string_view yaml;
    double number;
  };
  constexpr std::array kCases = {
      Case{"0", 0},
      Case{"-0", 0},
      Case{"+12", 12},
      Case{"-7", -7},
      Case{"010", 10},  // ten, not eight
      Case{"0o17", 15},
      Case{"0x1F", 31},
      Case{"0xff", 255},
      Case{"1.5", 1.5},
      Case{"-.5", -0.5},
      Case{"+.25", 0.25},
      Case{"3.", 3},
      Case{"1e3", 1000},
      Case{"1E+3", 1000},
      Case{"2.5e-3", 0.0025},
      Case{"0.1", 0.1},
      Case{"9007199254740993", 9007199254740992},
      Case{"1e400", kInfinity},
      Case{"-1e400", -kInfinity},
      Case{"1e-400", 0},
      Case{".inf", kInfinity},
      Case{"-.Inf", -kInfinity},
      Case{"+.INF", kInfinity},
  };
  for (const auto& [yaml, number] : kCases) {
    const Value value = read_whole("[" + std::string(yaml) + "]");
    ASSERT_EQ(value.items.size(), 1) << yaml;
    EXPECT_EQ(value.items[0].kind, Kind::kNumber) << yaml;
    EXPECT_EQ(value.items[0].number, number) << yaml;
    EXPECT_EQ(value.items[0].text, yaml);
  }
  for (const std::string yaml : {".nan", ".NaN", ".NAN"}) {
    const Value value = read_whole("[" + yaml + "]");
    EXPECT_EQ(value.items.at(0).kind, Kind::kNumber);
    EXPECT_TRUE(std::isnan(value.items.at(0).number));
  }
}

TEST(CoreSchema, BooleansKeepTheirSpelling) {
  const Value value = read_whole("[true, True, TRUE, false, False, FALSE]");
  const std::vector<std::string> spellings{"true", "True", "TRUE", "false", "False", "FALSE"};
  ASSERT_EQ(value.items.size(), spellings.size());
  for (size_t i = 0; i < spellings.size(); ++i) {
    EXPECT_EQ(value.items[i].text, spellings[i]);
    EXPECT_EQ(value.items[i].boolean, i < 3);
  }
}

/// --- Places ---

TEST(Marks, TellLineAndColumnOfEveryKeyAndValue) {
  const Value root = read_whole(
      "version: 1\n"
      "canvas: {width: 320, height: 180}\n"
      "layers:\n"
      "  - id: a\n"
      "    size: [10,\n"
      "           20]\n"
      "  -\n"
      "    id: \"b\"\n");
  EXPECT_EQ(root.mark, (Mark{1, 1}));
  EXPECT_EQ(root.find("version")->mark, (Mark{1, 10}));
  EXPECT_EQ(root.members.at(1).key_mark, (Mark{2, 1}));
  EXPECT_EQ(root.find("canvas")->mark, (Mark{2, 9}));
  EXPECT_EQ(root.find("canvas")->members.at(1).key_mark, (Mark{2, 22}));
  EXPECT_EQ(root.find("canvas")->find("height")->mark, (Mark{2, 30}));
  const auto& layers = root.find("layers")->items;
  ASSERT_EQ(layers.size(), 2);
  EXPECT_EQ(layers[0].mark, (Mark{4, 5}));
  EXPECT_EQ(layers[0].find("size")->mark, (Mark{5, 11}));
  EXPECT_EQ(layers[0].find("size")->items.at(1).mark, (Mark{6, 12}));
  EXPECT_EQ(layers[1].find("id")->mark, (Mark{8, 9}));
}

TEST(Marks, AnAliasStandsWhereItWasWritten) {
  const Value root = read_whole("a: &name [1, 2]\nb: *name\n");
  EXPECT_EQ(*root.find("a"), *root.find("b"));
  EXPECT_EQ(root.find("b")->mark, (Mark{2, 4}));
  EXPECT_EQ(root.find("b")->items.at(0).mark, (Mark{1, 11}));
}

/// --- Members and aliases ---

TEST(ReadYaml, KeepsMembersInTheirOrder) {
  const Value root = read_whole("z: 1\na: 2\nm: {y: 3, b: 4}\n");
  const Value wanted = Value::object()
                           .add("z", Value::of(1))
                           .add("a", Value::of(2))
                           .add("m", Value::object().add("y", Value::of(3)).add("b", Value::of(4)));
  EXPECT_EQ(root, wanted);
}

TEST(ReadYaml, RefusesAKeyThatIsGivenTwice) {
  EXPECT_EQ(faults_of("a: 1\nb:\n  c: 1\n  c: 2\n  'c': 3\na:\n  [1]\n"),
            (Lines{"4:3: the key \"c\" is given twice, first on line 3, expected each key once",
                   "5:3: the key \"c\" is given twice, first on line 3, expected each key once",
                   "6:1: the key \"a\" is given twice, first on line 1, expected each key once"}));
  EXPECT_EQ(faults_of("{a: {b: 1}, c: {b: 1}}"), Lines{});
}

TEST(ReadYaml, RefusesKeysThatAreNoStrings) {
  EXPECT_EQ(faults_of("[1, 2]: 3"), (Lines{"1:1: the key is a list, expected a string"}));
  EXPECT_EQ(faults_of("? {a: 1}\n: 3"), (Lines{"1:3: the key is a mapping, expected a string"}));
  EXPECT_EQ(faults_of("~: 3"), (Lines{"1:1: the key is nothing, expected a string"}));
  // What would be a number elsewhere is a key like any other, as it was written.
  EXPECT_EQ(read_whole("{2026: a, True: b, 1e3: c}"), Value::object()
                                                          .add("2026", Value::of("a"))
                                                          .add("True", Value::of("b"))
                                                          .add("1e3", Value::of("c")));
}

TEST(ReadYaml, ExpandsAliasesAndTakesTheLatestAnchorOfAName) {
  EXPECT_EQ(read_whole("[&a 1, *a, &a 2, *a]"),
            Value::array({Value::of(1), Value::of(1), Value::of(2), Value::of(2)}));
}

TEST(ReadYaml, RefusesAliasesThatHaveNoAnchorOrStandInsideIt) {
  const std::string anchor =
      ", expected an anchor of this name above, or text that begins with \"*\" in quotes";
  EXPECT_EQ(faults_of("a: *b"),
            (Lines{"1:4: not YAML: the referenced anchor is not defined" + anchor}));
  EXPECT_EQ(faults_of("a: &a [1, *a]"),
            (Lines{"1:11: the alias is inside its own anchor, expected a value without "
                   "cycles"}));
  EXPECT_EQ(faults_of("&a b: {c: [{d: *e}]}"),
            (Lines{"1:16: not YAML: the referenced anchor is not defined" + anchor}));
}

TEST(ReadYaml, MergeKeysAreKeysLikeOthers) {
  const Value root = read_whole("a: &a {x: 1}\nb:\n  <<: *a\n");
  EXPECT_EQ(root.find("b")->find("x"), nullptr);
  EXPECT_NE(root.find("b")->find("<<"), nullptr);
}

/// --- Limits ---

TEST(ReadYaml, AliasBombsRunOutOfTheirBudgetAtOnce) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i <= 30; ++i) {
    const std::string below = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + below +
            repeated("," + below, 9) + "]\n";
  }
  const auto faults = faults_of(bomb);
  ASSERT_EQ(faults.size(), 1);
  EXPECT_TRUE(faults[0].ends_with(
      "the file holds too many values, aliases expanded, expected at most 200000"))
      << faults[0];
}

TEST(ReadYaml, AnchorsInsideAnchorsCannotHoldMoreThanTheBudget) {
  std::string nested;
  for (int i = 0; i < 31; ++i) nested += "&a" + std::to_string(i) + " [";
  nested += "1" + repeated(",1", 100'000) + repeated("]", 31);
  const auto faults = faults_of(nested);
  ASSERT_EQ(faults.size(), 1);
  EXPECT_TRUE(faults[0].ends_with("aliases expanded, expected at most 200000")) << faults[0];
}

TEST(ReadYaml, AliasesOfALongTextRunOutOfTheirBudgetAtOnce) {
  const std::string text = "[&a " + std::string(1'000'000, 'x');
  EXPECT_EQ(faults_of(text + ", *a, *a]"), Lines{});
  const auto faults = faults_of(text + repeated(",*a", 100'000) + "]");
  ASSERT_EQ(faults.size(), 1);
  EXPECT_TRUE(faults[0].ends_with(
      "the file holds too much text, aliases expanded, expected at most 4194304 bytes"))
      << faults[0];
}

TEST(ReadYaml, TakesExactlyAsManyValuesAsTheLimitSays) {
  const int max = limits::kSceneNodesMax;
  EXPECT_EQ(faults_of("[1" + repeated(",1", max - 2) + "]"), Lines{});
  EXPECT_EQ(faults_of("[1" + repeated(",1", max - 1) + "]").size(), 1);
}

TEST(ReadYaml, NestsExactlyAsDeepAsTheLimitSays) {
  const int max = limits::kSceneDepthMax;
  EXPECT_EQ(faults_of(repeated("[", max) + repeated("]", max)), Lines{});
  EXPECT_EQ(faults_of(repeated("[", max + 1) + repeated("]", max + 1)),
            (Lines{"1:33: the file is nested too deep, expected at most 32 levels"}));
  EXPECT_EQ(faults_of(repeated("- ", 100'000)).size(), 1);
  EXPECT_EQ(faults_of(repeated("{a: ", 100'000)).size(), 1);
  EXPECT_EQ(faults_of(repeated("? ", 100'000)).size(), 1);
}

TEST(ReadYaml, TakesExactlyAsManyBytesAsTheLimitSays) {
  const auto max = static_cast<size_t>(limits::kSceneBytesMax);
  std::string text = "a: 1 #";
  text.append(max - text.size(), 'x');
  EXPECT_EQ(faults_of(text), Lines{});
  EXPECT_EQ(faults_of(text + "x"),
            (Lines{"1:1: the file has 4194305 bytes, expected at most 4194304"}));
}

TEST(ReadYaml, ManyKeysInOneMappingTakeTimeInProportion) {
  std::string text;
  for (int i = 0; i < 90'000; ++i) text += "key" + std::to_string(i) + ": 1\n";
  const std::clock_t before = std::clock();
  EXPECT_EQ(faults_of(text), Lines{});
  // About a second; looking through all the keys for each took minutes.
  EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 20);
}

/// --- Text ---

TEST(ReadYaml, TellsWhereTextIsNotUtf8) {
  EXPECT_EQ(faults_of("a: 1\nb: x\xff\n"), (Lines{"2:5: this is not UTF-8, expected UTF-8 text"}));
  EXPECT_EQ(faults_of("a: caf\xe9"), (Lines{"1:7: this is not UTF-8, expected UTF-8 text"}));
  EXPECT_EQ(faults_of(std::string("a: \0", 4)),
            (Lines{"1:4: this is not UTF-8, expected UTF-8 text"}));
}

TEST(ReadYaml, EscapesGiveUtf8AndNeverNul) {
  EXPECT_EQ(read_whole(R"(["\N", "\_", "\L", "\P", "\x85", "\u00e9", "\U0001F600", "\e\t\/"])"),
            Value::array({Value::of("\u0085"), Value::of("\u00a0"), Value::of("\u2028"),
                          Value::of("\u2029"), Value::of("\u0085"), Value::of("\u00e9"),
                          Value::of("\U0001f600"), Value::of("\x1b\t/")}));
  EXPECT_EQ(read_whole(R"("\_x\N\_é\N")"), Value::of("\u00a0x\u0085\u00a0\u00e9\u0085"));
  EXPECT_EQ(faults_of(R"(a: "x\0y")"),
            (Lines{"1:4: the text holds a NUL character, expected text without one"}));
  EXPECT_EQ(faults_of(R"(a: "\uD800")").size(), 1);
}

TEST(WriteYaml, EscapesAllControlCharacters) {
  const Value value = Value::of("a\x1b\x7f\u0080\u0085\u009b[0m\u009f\u00a0");
  EXPECT_EQ(write_yaml(value), "\"a\\x1b\\x7f\\x80\\x85\\x9b[0m\\x9f\u00a0\"\n");
  EXPECT_EQ(read_whole(write_yaml(value)), value);
}

TEST(ReadYaml, FoldsAndKeepsLinesAsYamlSays) {
  EXPECT_EQ(read_whole("a: |-\n  one\n  two\n"), Value::object().add("a", Value::of("one\ntwo")));
  EXPECT_EQ(read_whole("a: >-\n  one\n  two\n"), Value::object().add("a", Value::of("one two")));
  EXPECT_EQ(read_whole("a: 'it''s'"), Value::object().add("a", Value::of("it's")));
}

/// --- What is no document ---

TEST(ReadYaml, TellsWhatIsNoYaml) {
  EXPECT_EQ(faults_of("a: 1\n\tb: 2"),
            (Lines{"2:1: not YAML: a tab indents this line, expected spaces"}));
  EXPECT_EQ(faults_of("a: [1"), (Lines{R"(1:4: not YAML: "[" is not closed, expected "]")"}));
  EXPECT_EQ(faults_of("a: b: c"),
            (Lines{R"(1:5: not YAML: ":" occurs a second time in this value, )"
                   R"(expected text that contains ": " in quotes)"}));
  for (const std::string_view yaml : {"a: {b: 1", "a: \"x", "'", "a: @x", "}", "&a",
                                      "%YAML 9.9\n---\na: 1", "a: \"\\q\"", "!<", "a:\n - b\n c"}) {
    const auto document = read_yaml(yaml);
    for (const auto& fault : document.faults) {
      EXPECT_GE(fault.mark.line, 1) << yaml;
      EXPECT_TRUE(fault.problem.starts_with("not YAML: ")) << yaml << " " << fault.problem;
    }
    EXPECT_LE(document.faults.size(), 1) << yaml;
  }
}

TEST(ReadYaml, TakesOneDocument) {
  EXPECT_EQ(read_whole("---\na: 1\n...\n"), Value::object().add("a", Value::of(1)));
  EXPECT_EQ(faults_of("a: 1\n---\nb: 2\n"),
            (Lines{"3:1: the file has a second YAML document, expected one document in a file"}));
}

TEST(ReadYaml, AnEmptyFileIsNothing) {
  for (const std::string_view yaml : {"", "\n\n", "# only a comment\n", "---\n", "\xef\xbb\xbf"}) {
    EXPECT_EQ(read_whole(yaml), Value::null()) << yaml;
  }
}

TEST(ReadYaml, RefusesTagsButThatOfAString) {
  EXPECT_EQ(read_whole("!!str 12"), Value::of("12"));
  EXPECT_EQ(faults_of("a: !!int 3"), (Lines{"1:4: the tag tag:yaml.org,2002:int is not supported, "
                                            "expected a value without a tag"}));
  EXPECT_EQ(
      faults_of("a: !path [1]"),
      (Lines{"1:4: the tag !path is not supported, expected a value without a tag, or text that "
             "begins with \"!\" in quotes"}));
}

/// --- Writing ---

TEST(WriteYaml, IsBlockStyleWithShortListsInOneLine) {
  const Value value =
      Value::object()
          .add("name", Value::of("auction"))
          .add("size", Value::array({Value::of(1), Value::of(2.5)}))
          .add("empty", Value::object())
          .add("none", Value::array())
          .add("nothing", Value::null())
          .add("layers",
               Value::array({Value::object().add("id", Value::of("a")).add("on", Value::of(true)),
                             Value::array({Value::array({Value::of("x y")}), Value::of("~")})}))
          .add("many", Value::array({Value::of(1), Value::of(2), Value::of(3), Value::of(4),
                                     Value::of("5")}));
  EXPECT_EQ(write_yaml(value),
            "name: auction\n"
            "size: [1, 2.5]\n"
            "empty: {}\n"
            "none: []\n"
            "nothing: null\n"
            "layers:\n"
            "  - id: a\n"
            "    on: true\n"
            "  - - [\"x y\"]\n"
            "    - \"~\"\n"
            "many:\n"
            "  - 1\n"
            "  - 2\n"
            "  - 3\n"
            "  - 4\n"
            "  - \"5\"\n");
}

TEST(WriteYaml, QuotesWhatWouldReadAsSomethingElse) {
  for (const std::string_view text :
       {"",       "~",      "null",   "true",         "False",     "1e3", "010", "0o7",    "0x1f",
        ".inf",   ".nan",   "-",      "- a",          "-x",        "---", "...", "a: b",   "a #b",
        "#",      "[",      "{}",     "*a",           "&a",        "!t",  "%x",  "@x",     "`",
        "|",      ">",      "?",      "? a",          "'",         "\"",  "\\",  "a\nb",   "a\tb",
        "a\rb",   " a",     "a ",     "<<",           "=",         ",",   "yes", "\u0085", "\u2028",
        "\u2029", "\ufeff", "\u00a0", "\x01\x1b\x7f", "\U0001f600"}) {
    EXPECT_EQ(read_whole(write_yaml(Value::of(text))), Value::of(text)) << text;
    const Value list = Value::array({Value::of(text), Value::of(text)});
    EXPECT_EQ(read_whole(write_yaml(list)), list) << text;
    const Value member = Value::object().add(text, Value::of(text));
    EXPECT_EQ(read_whole(write_yaml(member)), member) << text;
  }
}

TEST(WriteYaml, LongKeysReadBack) {
  for (const size_t length :
       {size_t{1000}, size_t{1023}, size_t{1024}, size_t{1025}, size_t{5000}}) {
    const std::string key(length, 'k');
    const Value value =
        Value::object()
            .add(key, Value::of(1))
            .add(key + " and", Value::object().add(key, Value::array({Value::object()})))
            .add("list", Value::array({Value::object().add(key, Value::of("x"))}));
    EXPECT_EQ(read_whole(write_yaml(value)), value) << length;
  }
}

TEST(WriteYaml, NumbersReadBackToTheLastBit) {
  for (const double number : {0.1, 1.0 / 3, 1e22, 1e-9, 5e-324, 1.7976931348623157e308, -2.5,
                              123456789012345678.0, 100000.0}) {
    EXPECT_EQ(read_whole(write_yaml(Value::of(number))).number, number);
  }
}

Value random_value(RandomScene& dice, int depth) {
  switch (dice.below(depth > 0 ? 8 : 5)) {
    case 0:
      return Value::null();
    case 1:
      return Value::of(dice.one_in(2));
    case 2:
      return Value::of(dice.real(-1e6, 1e6) * std::pow(10.0, dice.between(-30, 30)));
    case 3:
    case 4:
      return Value::of(dice.text());
    case 5: {
      Value list = Value::array();
      for (int i = dice.below(7); i > 0; --i) list.items.push_back(random_value(dice, depth - 1));
      return list;
    }
    default: {
      Value object = Value::object();
      std::set<std::string> keys;
      for (int i = dice.below(6); i > 0; --i) {
        const std::string key = dice.text();
        if (keys.insert(key).second) object.add(key, random_value(dice, depth - 1));
      }
      return object;
    }
  }
}

TEST(WriteYaml, RandomValuesReadBackEqual) {
  for (uint64_t seed = 0; seed < 4000; ++seed) {
    RandomScene dice(seed, Purpose::kReadBack);
    const Value value = random_value(dice, 4);
    const std::string yaml = write_yaml(value);
    ASSERT_EQ(read_whole(yaml), value) << "seed " << seed << "\n" << yaml;
    ASSERT_EQ(write_yaml(read_whole(yaml)), yaml) << "seed " << seed;
  }
}

}  // namespace
}  // namespace layercast::scene
