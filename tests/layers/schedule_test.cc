#include "layers/schedule.h"

#include "tests/scene/live_scene.h"

#include <chrono>
#include <gtest/gtest.h>

namespace layercast::layers {
namespace {

using std::chrono::seconds;

TEST(Schedule, IsReadAsItIsWritten) {
  Schedule schedule;
  schedule.add({2, seconds(20), Origin::kLocal, scene::typed(scene::command("stream.stop"))});
  schedule.add({1, seconds(10), Origin::kNetwork, scene::typed(scene::command("stream.pause"))});
  const auto read = schedule_from(value_of(schedule));
  ASSERT_TRUE(read);
  EXPECT_EQ(read.value().next_number, 3);
  ASSERT_EQ(read.value().waiting.size(), 2);
  EXPECT_EQ(read.value().waiting[0].number, 1);
  EXPECT_EQ(read.value().waiting[0].origin, Origin::kNetwork);
  EXPECT_TRUE(read.value().waiting[1].command == schedule.waiting[1].command);
}

TEST(Schedule, ACommandThatCannotBeReadIsLeftOut) {
  const auto read = schedule_from(scene::json(R"({"next_number": 3, "waiting": [
      {"number": 1, "due": "10s", "origin": "network", "command": {"method": "layers.update",
       "params": {"id": "x", "patch": 3}}},
      {"number": 2, "due": "20s", "origin": "local", "command": {"method": "stream.stop"}}]})"));
  ASSERT_TRUE(read);
  ASSERT_EQ(read.value().waiting.size(), 1);
  EXPECT_EQ(read.value().waiting[0].number, 2);
  EXPECT_EQ(read.value().next_number, 3);
  EXPECT_FALSE(schedule_from(scene::json(R"({"next_number": 3})")));
}

}  // namespace
}  // namespace layercast::layers
