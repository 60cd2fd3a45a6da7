#include "base/trace.h"

#include <gtest/gtest.h>
#include <string>
#include <thread>
#include <vector>

namespace layercast::base {
namespace {

class Trace : public testing::Test {
 protected:
  ~Trace() override { set_trace_sink({}); }

  void collect() {
    set_trace_sink([this](std::string_view source, std::string_view message) {
      lines_.push_back(std::string(source) + ": " + std::string(message));
    });
  }

  std::vector<std::string> lines_;
};

TEST_F(Trace, WithoutASinkNoTextIsMade) {
  bool is_made = false;
  trace("x", [&] { return is_made = true, std::string(); });
  EXPECT_FALSE(is_made);
  EXPECT_FALSE(is_traced());
}

TEST_F(Trace, ASinkGetsEveryMessageUntilItIsReplaced) {
  collect();
  EXPECT_TRUE(is_traced());
  trace("output a", [] { return "connects"; });
  set_trace_sink({});
  trace("output a", [] { return "sends"; });
  EXPECT_EQ(lines_, std::vector<std::string>{"output a: connects"});
}

TEST_F(Trace, ThreadsDoNotMixTheirMessages) {
  collect();
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([] {
      for (int j = 0; j < 500; ++j) trace("t", [] { return std::string(40, 'x'); });
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(lines_, std::vector<std::string>(2000, "t: " + std::string(40, 'x')));
}

}  // namespace
}  // namespace layercast::base
