#include "scene/model/stopwatch.h"

#include <chrono>
#include <gtest/gtest.h>
#include <optional>

namespace layercast::scene {
namespace {

using std::chrono::seconds;
using enum StopwatchAction;

TEST(Stopwatches, RunFromTheStartOfTheLayerUntilACommand) {
  EXPECT_EQ(stopwatch_after(kStart, std::nullopt, seconds(2), seconds(10)), std::nullopt);
  EXPECT_EQ(stopwatch_after(kStop, std::nullopt, seconds(2), seconds(10)),
            (Stopwatch{seconds(8), std::nullopt, std::nullopt}));
  EXPECT_EQ(stopwatch_after(kReset, std::nullopt, seconds(2), seconds(10)),
            (Stopwatch{seconds(0), seconds(10), seconds(10)}));
}

TEST(Stopwatches, CountOnlyWhileTheyRun) {
  const Stopwatch stopped{seconds(8), std::nullopt, std::nullopt};
  const auto started = stopwatch_after(kStart, stopped, seconds(2), seconds(20));
  EXPECT_EQ(started, (Stopwatch{seconds(8), seconds(20), std::nullopt}));
  EXPECT_EQ(stopwatch_after(kStart, started, seconds(2), seconds(21)), started);
  const auto again = stopwatch_after(kStop, started, seconds(2), seconds(23));
  EXPECT_EQ(again, (Stopwatch{seconds(11), std::nullopt, std::nullopt}));
  EXPECT_EQ(stopwatch_after(kStop, again, seconds(2), seconds(30)), again);
}

TEST(Stopwatches, KeepStandingOrRunningWhenTheyAreReset) {
  EXPECT_EQ(stopwatch_after(kReset, Stopwatch{seconds(8), std::nullopt, std::nullopt}, seconds(2),
                            seconds(30)),
            (Stopwatch{seconds(0), std::nullopt, seconds(30)}));
  EXPECT_EQ(stopwatch_after(kReset, Stopwatch{seconds(8), seconds(9), seconds(7)}, seconds(2),
                            seconds(30)),
            (Stopwatch{seconds(0), seconds(30), seconds(30)}));
}

TEST(Stopwatches, OfLayersThatAreYetToBeShownObeyToo) {
  EXPECT_EQ(stopwatch_after(kStart, std::nullopt, std::nullopt, seconds(10)),
            (Stopwatch{seconds(0), seconds(10), std::nullopt}));
  EXPECT_EQ(stopwatch_after(kStop, std::nullopt, std::nullopt, seconds(10)), (Stopwatch{}));
  EXPECT_EQ(stopwatch_after(kReset, std::nullopt, std::nullopt, seconds(10)), std::nullopt);
}

}  // namespace
}  // namespace layercast::scene
