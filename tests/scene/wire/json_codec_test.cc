#include "scene/wire/json_codec.h"

#include "scene/model/limits.h"
#include "scene/wire/value.h"
#include "tests/scene/random_scene.h"

#include <gtest/gtest.h>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace layercast::scene {
namespace {

Value sample() {
  return Value::object()
      .add("z", Value::of(1))
      .add("a", Value::array({Value::of(2.5), Value::of("x"), Value::null(), Value::of(true)}))
      .add("m", Value::object());
}

TEST(WriteJson, KeepsTheOrderOfMembers) {
  EXPECT_EQ(write_json(sample(), 0), R"({"z":1,"a":[2.5,"x",null,true],"m":{}})");
}

TEST(WriteJson, IndentsAsAsked) {
  EXPECT_EQ(write_json(Value::object().add("a", Value::array({Value::of(1)}))),
            "{\n  \"a\": [\n    1\n  ]\n}");
  EXPECT_EQ(write_json(Value::object().add("a", Value::of(1)), 4), "{\n    \"a\": 1\n}");
}

TEST(WriteJson, WholeNumbersHaveNoFraction) {
  EXPECT_EQ(write_json(Value::of(1000000.0), 0), "1000000");
  EXPECT_EQ(write_json(Value::of(-3.0), 0), "-3");
  EXPECT_EQ(write_json(Value::of(0.25), 0), "0.25");
  EXPECT_EQ(nlohmann::json::parse(write_json(Value::of(1e300), 0)).get<double>(), 1e300);
  EXPECT_EQ(nlohmann::json::parse(write_json(Value::of(0.1), 0)).get<double>(), 0.1);
}

TEST(WriteJson, EscapesWhatJsonMust) {
  const std::string odd = "\"\\\n\t\x01/\u00e9\U0001f600";
  const std::string json = write_json(Value::of(odd), 0);
  EXPECT_EQ(nlohmann::json::parse(json).get<std::string>(), odd);
  EXPECT_EQ(json, "\"\\\"\\\\\\n\\t\\u0001/\u00e9\U0001f600\"");
}

TEST(WriteJson, IsWhatAnotherWriterWrites) {
  const std::vector<std::string> texts = {
      "{}", "[]", "[[],{},[{}]]", R"({"a":{"b":[1,2,{"c":null}]},"d":true,"e":"x"})",
      R"([0,-1,1.5,-0.25,1e-7,123456789012,0.1,3.14159265358979,65536.125])"};
  for (const std::string& text : texts) {
    const auto theirs = nlohmann::ordered_json::parse(text);
    const Value ours = read_json(text).value;
    EXPECT_EQ(write_json(ours, 0), theirs.dump());
    EXPECT_EQ(write_json(ours, 2), theirs.dump(2));
    EXPECT_EQ(write_json(ours, 4), theirs.dump(4));
  }
  std::string all;
  for (int byte = 0; byte < 128; ++byte) all += static_cast<char>(byte);
  EXPECT_EQ(write_json(Value::of(all), 0), nlohmann::json(all).dump());
}

TEST(WriteJson, WhatIsNoTextIsReplaced) {
  EXPECT_EQ(write_json(Value::of(std::string("a\xff\xc3") + "b\xe2\x82"), 0),
            "\"a\ufffd\ufffdb\ufffd\ufffd\"");
  EXPECT_EQ(write_json(Value::of(std::numeric_limits<double>::infinity()), 0), "null");
  EXPECT_EQ(write_json(Value::of(std::numeric_limits<double>::quiet_NaN()), 0), "null");
}

// --- Reading ---

Value value_from(std::string_view text) {
  JsonDocument document = read_json(text);
  for (const Fault& fault : document.faults) ADD_FAILURE() << text << ": " << fault.to_string();
  return document.value;
}

std::vector<std::string> faults_of(std::string_view text) {
  const JsonDocument document = read_json(text);
  EXPECT_TRUE(document.faults.empty() || document.value == Value::null());
  std::vector<std::string> lines;
  for (const Fault& fault : document.faults) lines.push_back(fault.to_string());
  return lines;
}

TEST(ReadJson, ReadsWhatWriteJsonWrites) {
  EXPECT_EQ(value_from(write_json(sample())), sample());
  EXPECT_EQ(value_from(write_json(sample(), 0)), sample());
}

TEST(ReadJson, KeepsOrderNumbersAsWrittenAndPlaces) {
  const Value value = value_from("{\"z\": 1.50,\n \"a\": [-0e+1,\ttrue]}");
  ASSERT_EQ(value.members.size(), 2);
  EXPECT_EQ(value.members[0].key, "z");
  EXPECT_EQ(value.members[0].value.text, "1.50");
  EXPECT_EQ(value.members[0].value.number, 1.5);
  EXPECT_EQ(value.members[0].value.mark, (Mark{1, 7}));
  EXPECT_EQ(value.members[1].key_mark, (Mark{2, 2}));
  EXPECT_EQ(value.members[1].value.items[1].mark, (Mark{2, 15}));
  EXPECT_EQ(value.mark, (Mark{1, 1}));
}

TEST(ReadJson, UnderstandsEveryEscape) {
  EXPECT_EQ(value_from(R"("\"\\\/\b\f\n\r\t\u00e9\u4E2d\ud83d\uDE00")").text,
            "\"\\/\b\f\n\r\t\u00e9\u4e2d\U0001f600");
}

TEST(ReadJson, TellsWhatIsWrongAndWhere) {
  using Lines = std::vector<std::string>;
  const std::vector<std::pair<std::string, Lines>> cases = {
      {"", {"1:1: the text ends too early, expected a value"}},
      {"{\"a\": 1,\n  \"a\": 2, \"b\": 3, \"b\": 4}",
       {"2:3: the key \"a\" is given twice, expected each key once",
        "2:19: the key \"b\" is given twice, expected each key once"}},
      {"[1,]", {"1:4: \"]\" is not JSON here, expected a value"}},
      {"{\"a\" 1}", {"1:6: \"1\" is not JSON here, expected \":\""}},
      {"{a: 1}", {"1:2: \"a\" is not JSON here, expected a key in \"\""}},
      {"[1 2]", {"1:4: \"2\" is not JSON here, expected \",\" or \"]\""}},
      {"{\"a\":1 2}", {"1:8: \"2\" is not JSON here, expected \",\" or \"}\""}},
      {"\"ab", {"1:1: the string does not end, expected a closing \""}},
      {"\"a\nb\"", {"1:3: a string contains a control character, expected an escape such as \\n"}},
      {"\"\\x\"", {"1:3: \"x\" is not JSON here, expected an escape such as \\n or \\u00e9"}},
      {"\"\\ud800\"", {"1:8: half a surrogate pair, expected both halves"}},
      {"\"\\udc00x\"", {"1:8: half a surrogate pair, expected both halves"}},
      {"\"\\u0000\"", {"1:8: the text holds a NUL character, expected text without one"}},
      {"\"\\u00g0\"", {"1:6: \"g\" is not JSON here, expected four hex digits"}},
      {"1 2", {"1:3: something follows the value, expected the end of the text"}},
      {"nul", {"1:1: \"n\" is not JSON here, expected a value"}},
      {"1e999", {"1:1: the number is too large, expected one within the range of a double"}},
      {"01", {"1:2: something follows the value, expected the end of the text"}},
      {"1.", {"1:3: the text ends too early, expected a digit"}},
      {"-", {"1:2: the text ends too early, expected a digit"}},
      {"+1", {"1:1: \"+\" is not JSON here, expected a value"}},
      {"\xff", {"1:1: this is not UTF-8, expected UTF-8 text"}},
      {"\x01", {"1:1: this is not JSON here, expected a value"}},
  };
  for (const auto& [text, lines] : cases) EXPECT_EQ(faults_of(text), lines) << text;
}

TEST(ReadJson, CountsFaultsThatItDoesNotDescribe) {
  std::string text = "{\"a\":0";
  for (int i = 0; i < 150'000; ++i) text += ",\"a\":0";
  const auto lines = faults_of(text + "}");
  ASSERT_EQ(lines.size(), limits::kFaultsMax + 1);
  EXPECT_EQ(lines.front(), "1:8: the key \"a\" is given twice, expected each key once");
  EXPECT_EQ(lines.back(), std::to_string(150'000 - limits::kFaultsMax) + " more faults");
}

TEST(ReadJson, ShowsLongKeysInPart) {
  const std::string key = "\"" + std::string(900'000, 'k') + "\":0";
  const auto lines = faults_of("{" + key + "," + key + "}");
  ASSERT_EQ(lines.size(), 1);
  EXPECT_LT(lines.front().size(), 300);
  EXPECT_NE(lines.front().find("k…k"), std::string::npos);
  EXPECT_TRUE(lines.front().ends_with("k\" is given twice, expected each key once"));
}

TEST(ReadJson, TinyNumbersAreZero) {
  EXPECT_EQ(value_from("1e-999").number, 0);
  EXPECT_EQ(value_from("0.000e-99999").number, 0);
  EXPECT_EQ(value_from("4.9e-324").number, 4.9e-324);
  EXPECT_EQ(value_from("0e999").number, 0);
}

TEST(ReadJson, StopsAtTheLimits) {
  const auto nested = [](int depth) {
    return std::string(static_cast<size_t>(depth), '[') +
           std::string(static_cast<size_t>(depth), ']');
  };
  EXPECT_TRUE(faults_of(nested(limits::kSceneDepthMax)).empty());
  EXPECT_EQ(
      faults_of(nested(limits::kSceneDepthMax + 1)),
      std::vector<std::string>{"1:33: the text is nested too deep, expected at most 32 levels"});
  EXPECT_EQ(faults_of(nested(1'000'000)).size(), 1);
  const auto list = [](int count) {
    std::string text = "[0";
    for (int i = 1; i < count; ++i) text += ",0";
    return text + "]";
  };
  EXPECT_TRUE(faults_of(list(limits::kSceneNodesMax - 1)).empty());
  EXPECT_EQ(faults_of(list(limits::kSceneNodesMax)).size(), 1);
  const auto blanks = [](int64_t count) {
    return std::string(static_cast<size_t>(count), ' ') + "1";
  };
  EXPECT_TRUE(faults_of(blanks(limits::kSceneBytesMax - 1)).empty());
  EXPECT_EQ(faults_of(blanks(limits::kSceneBytesMax)).size(), 1);
}

// What another reader makes of the same text; NUL is ours to refuse.
TEST(ReadJson, AgreesWithAnotherReaderOnBrokenTexts) {
  RandomScene dice(9, Purpose::kReadBack);
  const std::string whole =
      R"({"a":[1,-2.5e+3,"x\u00e9\n",true,null],"b":{"c":{},"d":[]},"e":"\ud83d\ude00 \\"})";
  static const std::string kBytes = "{}[]:,\"\\u0123456789abcdefE+-. \n\ttrue null\x7f\x80";
  int good = 0;
  int bad = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = whole;
    for (int n = dice.between(1, 3); n > 0; --n) {
      const auto at = static_cast<size_t>(dice.below(static_cast<int>(text.size())));
      const char byte = dice.pick(kBytes);
      switch (dice.below(3)) {
        case 0:
          text[at] = byte;
          break;
        case 1:
          text.insert(at, 1, byte);
          break;
        default:
          text.erase(at, 1);
      }
    }
    const JsonDocument ours = read_json(text);
    const auto theirs = nlohmann::ordered_json::parse(text, nullptr, false);
    if (ours.faults.empty()) {
      ++good;
      ASSERT_FALSE(theirs.is_discarded()) << text;
      ASSERT_EQ(nlohmann::json::parse(write_json(ours.value, 0)), nlohmann::json::parse(text));
    } else {
      ++bad;
      const std::string problem = ours.faults.front().problem;
      const bool is_ours_alone =
          problem.find("twice") != std::string::npos || problem.find("NUL") != std::string::npos;
      ASSERT_TRUE(theirs.is_discarded() || is_ours_alone)
          << text << ": " << ours.faults.front().to_string();
    }
  }
  EXPECT_GT(good, 1000);
  EXPECT_GT(bad, 1000);
}

}  // namespace
}  // namespace layercast::scene
