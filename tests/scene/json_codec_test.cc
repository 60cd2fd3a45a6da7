#include "scene/json_codec.h"

#include "scene/value.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

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

}  // namespace
}  // namespace layercast::scene
