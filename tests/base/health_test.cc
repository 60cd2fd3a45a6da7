#include "base/health.h"

#include <gtest/gtest.h>

namespace layercast::base {
namespace {

TEST(Health, StateIsThatOfTheWorstReason) {
  Health health;
  EXPECT_EQ(health.state(), HealthState::kOk);
  health.reasons.push_back({{HealthPart::kLayers, "logo", HealthState::kDegraded, "missing"}, {}});
  EXPECT_EQ(health.state(), HealthState::kDegraded);
  health.reasons.push_back({{HealthPart::kStore, "", HealthState::kFailed, "full"}, {}});
  EXPECT_EQ(health.state(), HealthState::kFailed);
  EXPECT_EQ(health.state_of(HealthPart::kLayers), HealthState::kDegraded);
  EXPECT_EQ(health.state_of(HealthPart::kStore), HealthState::kFailed);
  EXPECT_EQ(health.state_of(HealthPart::kFeeds), HealthState::kOk);
}

TEST(Health, SentenceNamesTheSubject) {
  EXPECT_EQ(sentence_of({HealthPart::kOutputs, "main", HealthState::kDegraded, "refused"}),
            "output main: refused");
  EXPECT_EQ(sentence_of({HealthPart::kFeeds, "cam", HealthState::kDegraded, "lost"}),
            "feed of layer cam: lost");
  EXPECT_EQ(sentence_of({HealthPart::kStore, "", HealthState::kFailed, "full"}), "store: full");
}

TEST(Health, EveryPartHasItsOwnName) {
  for (const HealthPart part : kHealthParts) {
    for (const HealthPart other : kHealthParts) {
      EXPECT_EQ(name_of(part) == name_of(other), part == other);
    }
  }
}

}  // namespace
}  // namespace layercast::base
