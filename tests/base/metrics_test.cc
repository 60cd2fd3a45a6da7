#include "base/metrics.h"

#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace layercast::base {
namespace {

TEST(Metrics, TheSameNameAndLabelsAreTheSameSeries) {
  Metrics metrics;
  metrics.counter({"a_total", "A."}, {{"kind", "x"}})->add();
  metrics.counter({"a_total", "A."}, {{"kind", "x"}})->add(2);
  metrics.counter({"a_total", "A."}, {{"kind", "y"}})->add();
  const auto families = metrics.read();
  ASSERT_EQ(families.size(), 1);
  ASSERT_EQ(families[0].samples.size(), 2);
  EXPECT_EQ(families[0].samples[0].value, 3);
  EXPECT_EQ(families[0].samples[1].value, 1);
}

TEST(Metrics, CountFromManyThreadsLosesNothing) {
  Metrics metrics;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&metrics] {
      const auto counter = metrics.counter({"a_total", "A."});
      const auto histogram = metrics.histogram({"b_seconds", "B."}, {1, 2});
      for (int k = 0; k < 10'000; ++k) {
        counter->add();
        histogram->observe(1.5);
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(metrics.counter({"a_total", "A."})->value(), 40'000);
  EXPECT_EQ(metrics.histogram({"b_seconds", "B."}, {1, 2})->counts()[1], 40'000U);
}

TEST(Metrics, SeriesBeyondTheMostShareOne) {
  Metrics metrics;
  for (size_t i = 0; i < 3 * Metrics::kSeriesMax; ++i) {
    metrics.counter({"a_total", "A."}, {{"layer", std::to_string(i)}})->add();
  }
  const auto families = metrics.read();
  EXPECT_EQ(families[0].samples.size(), Metrics::kSeriesMax + 1);
  EXPECT_EQ(metrics.counter({"a_total", "A."}, {{"layer", "other"}})->value(),
            2.0 * Metrics::kSeriesMax);
}

TEST(Metrics, RemovesTheSeriesOfALabel) {
  Metrics metrics;
  const auto held = metrics.gauge({"g", "G."}, {{"output", "a"}});
  metrics.gauge({"g", "G."}, {{"output", "b"}})->set(2);
  metrics.remove("output", "a");
  held->set(1);  // whoever still holds it harms nobody
  const auto families = metrics.read();
  ASSERT_EQ(families[0].samples.size(), 1);
  EXPECT_EQ(families[0].samples[0].labels[0].second, "b");
}

TEST(Histogram, AValueOnABoundBelongsBelowIt) {
  Histogram histogram({1, 2});
  for (const double value : {0.5, 1.0, 1.5, 2.0, 2.5}) histogram.observe(value);
  EXPECT_EQ(histogram.counts(), (std::vector<uint64_t>{2, 2, 1}));
  EXPECT_EQ(histogram.sum(), 7.5);
}

}  // namespace
}  // namespace layercast::base
