#include "scene/wire/codec.h"

#include "scene/wire/value.h"
#include "scene/wire/yaml_codec.h"

#include <array>
#include <gtest/gtest.h>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::scene {
namespace {

using Lines = std::vector<std::string>;

template <class T>
struct Read {
  std::optional<T> value;
  Lines faults;
};

template <class T>
Read<T> read_with(const Codec<T>& codec, std::string_view yaml) {
  const YamlDocument document = read_yaml(yaml);
  Reader reader;
  Read<T> read{codec.read(document.value, reader), {}};
  for (const auto& fault : reader.faults()) read.faults.push_back(fault.to_string());
  return read;
}

/// --- Faults ---

TEST(Fault, IsOneLineOfWhatIsKnown) {
  const Fault whole{{12, 7}, "layers[3].opacity", "1.4 is above 1", "a number from 0 to 1"};
  EXPECT_EQ(whole.to_string(),
            "12:7: layers[3].opacity: 1.4 is above 1, expected a number from 0 to 1");
  EXPECT_EQ((Fault{{1, 1}, "", "not YAML", ""}).to_string(), "1:1: not YAML");
  EXPECT_EQ((Fault{{}, "scene", "it is empty", "a name"}).to_string(),
            "scene: it is empty, expected a name");
}

TEST(Fault, ShowsControlCharactersAsEscapes) {
  const Fault fault{{1, 2}, "a\nb", "\"\x1b[31m\t\x7f\u0085\u009b\u00e9\" is odd", "x"};
  EXPECT_EQ(fault.to_string(),
            "1:2: a\\nb: \"\\x1b[31m\\x09\\x7f\\x85\\x9b\u00e9\" is odd, expected x");
}

TEST(Fault, ShowsTheStartAndTheEndOfWhatIsTooLong) {
  const Fault fault{{1, 1}, "", "\"" + std::string(1'000'000, 'x') + "\" is not known", ""};
  const std::string line = fault.to_string();
  EXPECT_LT(line.size(), 400);
  EXPECT_TRUE(line.starts_with("1:1: \"xxxx"));
  EXPECT_TRUE(line.ends_with("xxxx\" is not known"));
  EXPECT_NE(line.find("x…x"), std::string::npos);
}

TEST(Fault, NeverCutsACharacterInTwo) {
  for (size_t shift = 0; shift < 4; ++shift) {
    std::string text(shift, 'x');
    for (int i = 0; i < 200; ++i) text += "\U0001f600";
    const std::string yaml = "\"" + Fault{{}, "", text, ""}.to_string() + "\"";
    EXPECT_TRUE(read_yaml(yaml).faults.empty());
  }
}

TEST(Reader, KnowsWhereItStands) {
  Reader reader;
  {
    const Reader::Step layers(reader, "layers");
    const Reader::Step third(reader, 3);
    {
      const Reader::Step content(reader, "content");
      EXPECT_EQ(reader.path(), "layers[3].content");
    }
    EXPECT_EQ(reader.path(), "layers[3]");
  }
  EXPECT_EQ(reader.path(), "");
}

TEST(Reader, CountsFaultsThatItNoLongerDescribes) {
  Reader reader;
  const std::string key(1'000'000, 'k');
  const Reader::Step step(reader, key);
  EXPECT_LE(reader.path().size(), 256);
  for (int i = 0; i < 20'000; ++i) reader.fault(Mark{i, 1}, "a fault", "none");
  ASSERT_EQ(reader.faults().size(), 20'000);
  EXPECT_EQ(reader.faults()[limits::kFaultsMax].problem, "a fault");
  EXPECT_EQ(reader.faults().back().to_string(), "19999:1: another fault");
}

/// --- Scalars ---

TEST(NumberCodec, TakesItsRangeAndRefusesTheRest) {
  const auto codec = number({-1, 2.5});
  for (const std::string_view yaml : {"-1", "0", "2.5", "0x2", "1e-400"}) {
    EXPECT_TRUE(read_with(codec, yaml).value.has_value()) << yaml;
  }
  const std::string expected = ", expected a number from -1 to 2.5";
  EXPECT_EQ(read_with(codec, "2.6").faults, Lines{"1:1: 2.6 is above 2.5" + expected});
  EXPECT_EQ(read_with(codec, "-1.01").faults, Lines{"1:1: -1.01 is below -1" + expected});
  EXPECT_EQ(read_with(codec, ".nan").faults, Lines{"1:1: .nan is not a finite number" + expected});
  EXPECT_EQ(read_with(codec, "-.inf").faults,
            Lines{"1:1: -.inf is not a finite number" + expected});
  EXPECT_EQ(read_with(codec, "'1'").faults, Lines{"1:1: got a string" + expected});
  EXPECT_EQ(read_with(codec, "~").faults, Lines{"1:1: got nothing" + expected});
}

TEST(IntegerCodec, RefusesFractions) {
  const auto codec = integer({0, 10});
  EXPECT_EQ(read_with(codec, "7").value, 7);
  EXPECT_EQ(read_with(codec, "7.0").value, 7);
  EXPECT_EQ(read_with(codec, "7.5").faults,
            Lines{"1:1: 7.5 is not whole, expected a whole number from 0 to 10"});
}

TEST(BooleanCodec, TakesTrueAndFalseAlone) {
  EXPECT_EQ(read_with(boolean(), "true").value, true);
  EXPECT_EQ(read_with(boolean(), "False").value, false);
  EXPECT_EQ(read_with(boolean(), "yes").faults,
            Lines{"1:1: \"yes\" is a string, expected true or false"});
  EXPECT_EQ(read_with(boolean(), "1").faults, Lines{"1:1: got a number, expected true or false"});
}

TEST(TextCodec, TakesAnyScalarAsItWasWritten) {
  for (const std::string text : {"12", "1.50", "True", "0x1F", ".inf", "hello"}) {
    EXPECT_EQ(read_with(scene::text(100), text).value, text);
  }
  EXPECT_EQ(read_with(scene::text(100), "~").value, "");
  EXPECT_EQ(read_with(scene::text(100), "[a]").faults, Lines{"1:1: got a list, expected a text"});
  EXPECT_EQ(read_with(scene::text(3), "four").faults,
            Lines{"1:1: it is too long, expected a text of at most 3 bytes"});
}

TEST(NameCodec, TakesTheAlphabetOfIds) {
  for (const std::string name : {"a", "0x-y", "a-1", "lower-third", "a--"}) {
    EXPECT_EQ(read_with(scene::name(), name).value, name);
  }
  for (const std::string_view wrong : {"A", "a_b", "a b", "-a", "\"\"", "\"\u00e9\"", "a.b", "1"}) {
    EXPECT_EQ(read_with(scene::name(), wrong).faults.size(), 1) << wrong;
  }
}

TEST(TextMapCodec, KeepsItsOrderAndCounts) {
  const auto codec = text_map(2);
  const auto read = read_with(codec, "{z: 1, a: b}");
  ASSERT_TRUE(read.value.has_value());
  EXPECT_EQ(read.value->at(0), std::pair(std::string("z"), std::string("1")));
  EXPECT_EQ(read.value->at(1), std::pair(std::string("a"), std::string("b")));
  EXPECT_EQ(write_yaml(codec.write(*read.value)), "z: \"1\"\na: b\n");
  EXPECT_EQ(read_with(codec, "{a: 1, b: 2, c: 3}").faults,
            Lines{"1:1: it has 3 entries, expected a mapping of at most 2 names to texts"});
}

TEST(Suggestion, NamesTheNearestOrNothing) {
  constexpr std::array<std::string_view, 3> kNames = {"width", "height", "radius"};
  EXPECT_EQ(suggestion("widht", kNames), "; did you mean \"width\"?");
  EXPECT_EQ(suggestion("colour", kNames), "");
  EXPECT_EQ(joined_names(kNames), "width, height or radius");
  EXPECT_EQ(joined_names(std::span(kNames).first(1)), "width");
}

/// --- Objects ---

struct Square {
  double side = 0;
  bool operator==(const Square&) const = default;
};
struct Disc {
  double radius = 1;
  bool operator==(const Disc&) const = default;
};
struct Token {
  std::variant<Square, Disc> form;
  bool solid = true;
  std::optional<std::string> label;
  bool operator==(const Token&) const = default;
};

Codec<Token> token_codec() {
  using Form = std::variant<Square, Disc>;
  const auto form_of = [](Token& token) -> Form& { return token.form; };
  ObjectTable<Token> table;
  table.title = "token";
  table.fields = {
      optional("solid", &Token::solid, boolean(), "Filled."),
      optional("label", &Token::label, string(1, 9, "a label", FileRole::kNone), "Its name.")};
  table.tag = "form";
  table.choices = {
      alternative<Square, Token, Form>(
          "square", form_of,
          ObjectTable<Square>{.title = "square",
                              .fields = {required("side", &Square::side, number({1, 9}), "")}}),
      alternative<Disc, Token, Form>(
          "disc", form_of,
          ObjectTable<Disc>{.title = "disc",
                            .fields = {optional("radius", &Disc::radius, number({1, 9}), "")}})};
  return object(table);
}

TEST(ObjectCodec, ReadsTheKeysThatItsTagChooses) {
  const auto codec = token_codec();
  EXPECT_EQ(read_with(codec, "{form: square, side: 3}").value, (Token{Square{3}, true, {}}));
  EXPECT_EQ(read_with(codec, "{label: x, solid: false, form: disc}").value,
            (Token{Disc{1}, false, "x"}));
}

TEST(ObjectCodec, LeavesOutDefaultsAndReadsBackWhatItWrites) {
  const auto codec = token_codec();
  EXPECT_EQ(write_yaml(codec.write({Disc{1}, true, {}})), "form: disc\n");
  EXPECT_EQ(write_yaml(codec.write({Square{2}, false, "x"})),
            "form: square\nside: 2\nsolid: false\nlabel: x\n");
}

TEST(ObjectCodec, TellsEveryFaultOfAnObject) {
  const auto codec = token_codec();
  EXPECT_EQ(read_with(codec, "{form: square, sid: 3, solid: 1}").faults,
            (Lines{"1:16: sid: unknown key, expected form, solid, label or side; did you mean "
                   "\"side\"?",
                   "1:31: solid: got a number, expected true or false",
                   "1:1: \"side\" is missing, expected a number from 1 to 9"}));
  EXPECT_EQ(read_with(codec, "{solid: true}").faults,
            Lines{"1:1: \"form\" is missing, expected square or disc"});
  EXPECT_EQ(read_with(codec, "[]").faults, Lines{"1:1: got a list, expected a mapping (token)"});
}

TEST(ObjectCodec, WithAWrongTagOnlyTheSharedKeysAreJudged) {
  // "side" may well belong to the form that was meant.
  EXPECT_EQ(read_with(token_codec(), "{form: sqare, side: 30, solid: 3}").faults,
            (Lines{"1:8: form: \"sqare\" is not known, expected square or disc; did you mean "
                   "\"square\"?",
                   "1:32: solid: got a number, expected true or false"}));
}

TEST(ListCodec, CountsAndNamesItsItems) {
  const auto codec = list(number({0, 9}), 1, 3, "numbers");
  EXPECT_EQ(read_with(codec, "[1, 2]").value, (std::vector<double>{1, 2}));
  EXPECT_EQ(read_with(codec, "[]").faults,
            Lines{"1:1: the list has 0, expected a list of 1 to 3 numbers"});
  EXPECT_EQ(read_with(codec, "[1, 2, 3, 4]").faults,
            Lines{"1:1: the list has 4, expected a list of 1 to 3 numbers"});
  EXPECT_EQ(read_with(codec, "[1, 10, x]").faults,
            (Lines{"1:5: [1]: 10 is above 9, expected a number from 0 to 9",
                   "1:9: [2]: got a string, expected a number from 0 to 9"}));
}

}  // namespace
}  // namespace layercast::scene
