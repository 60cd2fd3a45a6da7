#include "layers/durability.h"

#include "tests/layers/fake_store.h"
#include "tests/scene/live_scene.h"

#include <gtest/gtest.h>
#include <memory>

namespace layercast::layers {
namespace {

scene::LiveStatePtr state_at(int64_t revision) {
  scene::LiveState state = scene::small_state();
  state.revision = revision;
  return std::make_shared<const scene::LiveState>(std::move(state));
}

PendingCommand refused() {
  PendingCommand pending;
  pending.command = scene::typed(scene::command("stream.stop"));
  pending.answer = scene::Refusal{base::conflict("refused"), {}};
  return pending;
}

TEST(Durability, StoresNothingForRefusedCommandsAndHasNoStateForThem) {
  FakeStore store;
  const Durability durability(store, state_at(1), {});
  const PendingCommand pending = refused();
  const auto committed = durability.commit({&pending, &pending}, {});
  ASSERT_TRUE(committed);
  EXPECT_FALSE(committed.value());
  EXPECT_EQ(store.commits_begun(), 0);
}

TEST(Durability, StoresTheLastStateOfAGroup) {
  FakeStore store;
  Durability durability(store, state_at(0), {});
  PendingCommand first = refused();
  first.state = state_at(1);
  PendingCommand second = refused();
  second.state = state_at(2);
  const PendingCommand third = refused();
  auto committed = durability.commit({&first, &second, &third}, {});
  ASSERT_TRUE(committed && committed.value());
  EXPECT_EQ(durability.state()->revision, 0);  // until it is set
  durability.set(*std::move(committed).value());
  EXPECT_EQ(durability.state(), second.state);
  EXPECT_EQ(store.load().value()->revision, 2);
}

}  // namespace
}  // namespace layercast::layers
