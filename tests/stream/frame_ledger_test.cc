#include "stream/frame_ledger.h"

#include <chrono>
#include <gtest/gtest.h>

namespace layercast::stream {
namespace {

using TimePoint = base::Clock::time_point;

constexpr TimePoint kNow{std::chrono::hours(1)};

TEST(FrameLedger, CountsFramesByWhatBecameOfThem) {
  base::Metrics metrics;
  FrameLedger ledger(metrics);
  ledger.count({kNow, 0.001, 0.002}, FrameLedger::Kind::kNew);
  ledger.count({kNow, 0.003, 0.004}, FrameLedger::Kind::kRepeated);
  ledger.count_dropped(DropReason::kLate, 5);
  ledger.count_dropped(DropReason::kEncoder, 1);
  ledger.count_dropped(DropReason::kAbandoned, 2);
  const auto summary = ledger.summary(kNow);
  EXPECT_EQ(summary.rendered, 2);
  EXPECT_EQ(summary.repeated, 1);
  ASSERT_EQ(summary.dropped.size(), 4U);
  EXPECT_EQ(summary.dropped[0], (std::pair<std::string, int64_t>("late", 5)));
  EXPECT_EQ(summary.dropped[1], (std::pair<std::string, int64_t>("queue_full", 1)));
  EXPECT_EQ(summary.dropped[3], (std::pair<std::string, int64_t>("abandoned", 2)));
  EXPECT_EQ(summary.fps, 2);
  EXPECT_DOUBLE_EQ(summary.render_seconds, 0.003);
}

TEST(FrameLedger, KnowsTheSpreadOfTheLastFramesAlone) {
  base::Metrics metrics;
  FrameLedger ledger(metrics);
  constexpr TimePoint kLongAgo{};
  for (int i = 0; i < 2000; ++i) ledger.count({kLongAgo, 9, 0}, FrameLedger::Kind::kNew);
  for (int i = 1; i <= 1024; ++i) ledger.count({kLongAgo, i / 1000.0, 0}, FrameLedger::Kind::kNew);
  const auto summary = ledger.summary(kNow);
  EXPECT_EQ(summary.rendered, 3024);
  EXPECT_NEAR(summary.lateness_median, 0.512, 0.001);
  EXPECT_NEAR(summary.lateness_p99, 1.013, 0.001);
  EXPECT_DOUBLE_EQ(summary.lateness_max, 1.024);
  EXPECT_EQ(summary.fps, 0);
}

TEST(FrameLedger, CountsTheFramesOfTheLastSecond) {
  base::Metrics metrics;
  FrameLedger ledger(metrics);
  for (int i = 0; i < 100; ++i) {
    ledger.count({kNow + i * std::chrono::milliseconds(20), 0, 0}, FrameLedger::Kind::kNew);
  }
  const TimePoint last = kNow + std::chrono::milliseconds(99 * 20);
  EXPECT_EQ(ledger.summary(last).fps, 50);
  EXPECT_EQ(ledger.summary(last + std::chrono::milliseconds(500)).fps, 25);
  EXPECT_EQ(ledger.summary(last + std::chrono::milliseconds(999)).fps, 1);
  EXPECT_EQ(ledger.summary(last + std::chrono::seconds(1)).fps, 0);
}

}  // namespace
}  // namespace layercast::stream
