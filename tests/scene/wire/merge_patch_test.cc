#include "scene/wire/merge_patch.h"

#include "scene/model/limits.h"
#include "tests/scene/live_scene.h"

#include <ctime>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <string>

namespace layercast::scene {
namespace {

// RFC 7396, appendix A.
struct Example {
  const char* original;
  const char* patch;
  const char* result;
};
const Example kExamples[] = {
    {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
    {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
    {R"({"a":"b"})", R"({"a":null})", R"({})"},
    {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
    {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
    {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
    {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
    {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
    {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
    {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
    {R"({"a":"foo"})", "null", "null"},
    {R"({"a":"foo"})", R"("bar")", R"("bar")"},
    {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
    {"[1,2]", R"({"a":"b","c":null})", R"({"a":"b"})"},
    {"{}", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
};

TEST(MergePatched, ManyMembersTakeTimeInProportion) {
  Value patch = Value::object();
  for (int i = 0; i < limits::kSceneNodesMax / 2; ++i) {
    patch.members.push_back({"set" + std::to_string(i), {}, Value::of(1.0)});
    patch.members.push_back({"taken" + std::to_string(i), {}, Value::null()});
  }
  const std::clock_t before = std::clock();
  const Value merged = merge_patched(json(R"({"taken7":1,"set9":{"a":1}})"), patch);
  EXPECT_EQ(merged.members.size(), limits::kSceneNodesMax / 2);
  EXPECT_EQ(merged.members.front().key, "set9");
  // A fraction of a second; looking through all the members for each took minutes.
  EXPECT_LT(static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC, 10);
}

TEST(MergePatched, GivesWhatTheStandardsExamplesGive) {
  for (const Example& each : kExamples) {
    EXPECT_EQ(write_json(merge_patched(json(each.original), json(each.patch)), 0), each.result);
  }
}

// Small documents of few keys, so that they meet.
Value random_value(RandomScene& dice, int depth) {
  switch (dice.below(depth > 0 ? 5 : 3)) {
    case 0:
      return Value::of(dice.below(3));
    case 1:
      return Value::of(dice.one_in(2));
    case 2:
      return Value::of(dice.one_in(2) ? "x" : "y");
    case 3: {
      Value list = Value::array();
      for (int i = dice.below(3); i > 0; --i) list.items.push_back(random_value(dice, depth - 1));
      return list;
    }
    default: {
      Value object = Value::object();
      for (const char* key : {"a", "b", "c"}) {
        if (dice.one_in(2)) object.add(key, random_value(dice, depth - 1));
      }
      return object;
    }
  }
}

TEST(MergePatchBetween, LeadsFromOneToTheOther) {
  RandomScene dice(5, Purpose::kReadBack);
  for (int i = 0; i < 3000; ++i) {
    const Value from = random_value(dice, 4);
    const Value to = random_value(dice, 4);
    const Value patch = merge_patch_between(from, to);
    const Value reached = merge_patched(from, patch);
    // The other library's objects have no order.
    const auto plain = [](const Value& value) {
      return nlohmann::json::parse(write_json(value, 0));
    };
    ASSERT_EQ(plain(reached), plain(to)) << write_json(patch);
    auto theirs = plain(from);
    theirs.merge_patch(plain(patch));
    ASSERT_EQ(theirs, plain(to));
  }
}

TEST(MergePatchBetween, SaysOnlyWhatIsDifferent) {
  const Value from = json(R"({"a": 1, "b": {"c": 2, "d": [1, 2]}, "e": 3})");
  const Value to = json(R"({"b": {"d": [1, 2], "c": 4}, "a": 1, "f": {}})");
  EXPECT_EQ(write_json(merge_patch_between(from, to), 0), R"({"e":null,"b":{"c":4},"f":{}})");
  EXPECT_EQ(merge_patch_between(from, from), Value::object());
}

TEST(PatchOf, SetsOneValueByItsPath) {
  const auto written = [](std::string_view path) {
    const auto patch = patch_of(path, Value::of(4));
    return patch ? write_json(patch.value(), 0) : patch.error().to_string();
  };
  EXPECT_EQ(written("opacity"), R"({"opacity":4})");
  EXPECT_EQ(written("content.style.font_size"), R"({"content":{"style":{"font_size":4}}})");
  for (const char* wrong : {"", ".", "a.", ".a", "a..b"}) {
    EXPECT_FALSE(patch_of(wrong, Value::null())) << wrong;
  }
  EXPECT_FALSE(patch_of(std::string(4000, 'a') + std::string(100, '.'), Value::null()));
}

}  // namespace
}  // namespace layercast::scene
