#include "tools/common/message_limiter.h"

#include "tests/base/manual_clock.h"

#include <chrono>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace layercast::tools {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(MessageLimiter, CountsMessagesAboveTheLimitAndTellsThemOnce) {
  base::ManualClock clock;
  MessageLimiter limiter(&clock);
  for (int i = 0; i < MessageLimiter::kMessagesMax; ++i) EXPECT_TRUE(limiter.admits("output a"));
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limiter.admits("output a"));
  EXPECT_TRUE(limiter.admits("output b"));
  clock.advance(seconds(59));
  EXPECT_THAT(limiter.take_counts(), IsEmpty());
  clock.advance(seconds(1));
  EXPECT_THAT(limiter.take_counts(), ElementsAre("output a: 3 more messages in the last minute"));
  EXPECT_THAT(limiter.take_counts(), IsEmpty());
  EXPECT_TRUE(limiter.admits("output a"));
}

TEST(MessageLimiter, MinuteBeginsAgainForASubjectThatWasQuiet) {
  base::ManualClock clock;
  MessageLimiter limiter(&clock);
  for (int i = 0; i < MessageLimiter::kMessagesMax; ++i) EXPECT_TRUE(limiter.admits("store"));
  clock.advance(seconds(60));
  EXPECT_TRUE(limiter.admits("store"));
}

TEST(MessageLimiter, HeldBackMessagesAreToldBeforeTheMinuteBeginsAgain) {
  base::ManualClock clock;
  MessageLimiter limiter(&clock);
  for (int i = 0; i <= MessageLimiter::kMessagesMax; ++i) limiter.admits("store");
  clock.advance(seconds(90));
  EXPECT_FALSE(limiter.admits("store"));
  EXPECT_THAT(limiter.take_counts(), ElementsAre("store: 2 more messages in the last minute"));
}

}  // namespace
}  // namespace layercast::tools
