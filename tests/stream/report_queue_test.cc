#include "stream/report_queue.h"

#include <cstdint>
#include <future>
#include <gtest/gtest.h>
#include <vector>

namespace layercast::stream {
namespace {

TEST(ReportQueue, RunsReportsInOrderAndAllOfThemBeforeItEnds) {
  std::vector<int> done;
  {
    ReportQueue queue([](int64_t) { ADD_FAILURE() << "nothing was lost"; });
    for (int i = 0; i < 100; ++i) queue.post([&done, i] { done.push_back(i); });
  }
  ASSERT_EQ(done.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(done[static_cast<size_t>(i)], i);
}

TEST(ReportQueue, NeverWaitsForAReportAndCountsWhatItDrops) {
  std::promise<void> begun;
  std::promise<void> release;
  int64_t lost = 0;
  int done = 0;
  {
    ReportQueue queue([&](int64_t count) { lost += count; });
    queue.post([&] {
      begun.set_value();
      release.get_future().wait();
    });
    begun.get_future().wait();
    for (size_t i = 0; i < ReportQueue::kWaitingMax + 7; ++i) queue.post([&] { ++done; });
    release.set_value();
  }
  EXPECT_EQ(done, static_cast<int>(ReportQueue::kWaitingMax));
  EXPECT_EQ(lost, 7);
}

}  // namespace
}  // namespace layercast::stream
