#include "metrics/exposition.h"

#include "metrics/process.h"

#include <cstdio>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <string>
#include <sys/wait.h>

namespace layercast::metrics {
namespace {

using ::testing::HasSubstr;

void fill(base::Metrics& metrics) {
  metrics.counter({"frames_rendered_total", "Frames rendered."})->add(3);
  metrics.gauge({"output_queued_bytes", "Bytes that wait."}, {{"output", "main \"x\"\n\\"}})
      ->set(2);
  const auto histogram = metrics.histogram({"render_seconds", "Time to render."}, {0.1, 1});
  histogram->observe(0.1);
  histogram->observe(0.5);
  histogram->observe(7);
}

TEST(Exposition, HasEverySeriesWithItsPrefixAndCumulativeBuckets) {
  base::Metrics metrics;
  fill(metrics);
  const std::string text = exposition(metrics);
  EXPECT_THAT(text, HasSubstr("layercast_frames_rendered_total 3\n"));
  EXPECT_THAT(text, HasSubstr("layercast_render_seconds_bucket{le=\"0.1\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("layercast_render_seconds_bucket{le=\"1\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("layercast_render_seconds_bucket{le=\"+Inf\"} 3\n"));
  EXPECT_THAT(text, HasSubstr("layercast_render_seconds_count 3\n"));
  EXPECT_THAT(text, HasSubstr(R"(layercast_output_queued_bytes{output="main \"x\"\n\\"} 2)"));
  EXPECT_THAT(text, HasSubstr("layercast_process_resident_memory_bytes"));
}

TEST(Exposition, SatisfiesPromtool) {
  if (std::system("command -v promtool >/dev/null") != 0) GTEST_SKIP() << "promtool is missing";
  base::Metrics metrics;
  fill(metrics);
  const std::string path = ::testing::TempDir() + "exposition.txt";
  std::ofstream(path) << exposition(metrics);
  EXPECT_EQ(std::system(("promtool check metrics < " + path).c_str()), 0);
}

TEST(Process, KnowsItsMemoryAndFiles) {
  double memory = 0;
  double files = 0;
  for (const auto& family : process_families()) {
    if (family.name == "process_resident_memory_bytes") memory = family.samples.at(0).value;
    if (family.name == "process_open_fds") files = family.samples.at(0).value;
  }
  EXPECT_GT(memory, 1e5);
  EXPECT_LT(memory, 1e10);
  EXPECT_GE(files, 3);
}

}  // namespace
}  // namespace layercast::metrics
