#include "stream/health_monitor.h"

#include "tests/base/manual_clock.h"

#include <chrono>
#include <condition_variable>
#include <gtest/gtest.h>
#include <mutex>
#include <vector>

namespace layercast::stream {
namespace {

using base::HealthPart;
using base::HealthProblem;
using base::HealthState;
using base::ManualClock;
using namespace std::chrono_literals;

const HealthProblem kMissing{HealthPart::kLayers, "logo", HealthState::kDegraded, "no such file"};

// A monitor of the problems that a test sets.
class Monitoring {
 public:
  explicit Monitoring(std::vector<HealthProblem> problems = {}) : problems_(std::move(problems)) {
    HealthMonitorOptions options;
    options.check = [this](base::Clock::time_point) {
      const std::lock_guard lock(mutex_);
      return problems_;
    };
    options.on_change = [this](const HealthChange& change) {
      const std::lock_guard lock(mutex_);
      changes_.push_back(change);
      changed_.notify_all();
    };
    options.metrics = &metrics;
    options.clock = &clock;
    monitor = std::make_unique<HealthMonitor>(options);
    monitor->poke();  // has no effect yet
    EXPECT_EQ(monitor->health().state(), HealthState::kOk);
    monitor->start();
  }

  ~Monitoring() {
    monitor->stop();
    monitor->poke();  // has no effect any more
  }

  void set(std::vector<HealthProblem> problems) {
    const std::lock_guard lock(mutex_);
    problems_ = std::move(problems);
  }
  // Moves the time to the next check.
  void advance() {
    ASSERT_TRUE(clock.await_waiter(clock.now() + 500ms));
    clock.advance(500ms);
    ASSERT_TRUE(clock.await_waiter(clock.now() + 500ms));
  }
  std::vector<HealthChange> changes(size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, 20s, [&] { return changes_.size() >= count; });
    return changes_;
  }
  double gauge(const std::string& name, const base::MetricLabels& labels = {}) {
    return metrics.gauge({name, ""}, labels)->value();
  }

  ManualClock clock;
  base::Metrics metrics;
  std::unique_ptr<HealthMonitor> monitor;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<HealthProblem> problems_;
  std::vector<HealthChange> changes_;
};

TEST(HealthMonitor, ProblemIsReportedWhenItBeginsAndWhenItEnds) {
  Monitoring monitoring;
  EXPECT_EQ(monitoring.monitor->health().state(), HealthState::kOk);
  monitoring.set({kMissing});
  monitoring.advance();
  monitoring.advance();
  ASSERT_EQ(monitoring.changes(1).size(), 1U);
  const HealthChange began = monitoring.changes(1).front();
  ASSERT_EQ(began.began.size(), 1U);
  EXPECT_EQ(began.began[0].problem, kMissing);
  EXPECT_TRUE(began.ended.empty());
  EXPECT_EQ(began.health, monitoring.monitor->health());
  // Another message is no change.
  HealthProblem other = kMissing;
  other.message = "no permission";
  monitoring.set({other});
  monitoring.advance();
  EXPECT_EQ(monitoring.monitor->health().reasons.at(0).problem.message, "no permission");
  EXPECT_EQ(monitoring.changes(1).size(), 1U);
  monitoring.set({});
  monitoring.advance();
  ASSERT_EQ(monitoring.changes(2).size(), 2U);
  const HealthChange ended = monitoring.changes(2).back();
  EXPECT_TRUE(ended.began.empty());
  ASSERT_EQ(ended.ended.size(), 1U);
  EXPECT_EQ(ended.ended[0].lasted, 1500ms);
  EXPECT_EQ(ended.ended[0].reason.since, began.began[0].since);
}

TEST(HealthMonitor, PokeChecksWithoutWaiting) {
  Monitoring monitoring;
  ASSERT_TRUE(monitoring.clock.await_waiter(monitoring.clock.now() + 500ms));
  monitoring.set({kMissing});
  monitoring.monitor->poke();
  EXPECT_EQ(monitoring.changes(1).size(), 1U);  // at the same time
}

TEST(HealthMonitor, ProblemsOfTheStartAreReported) {
  Monitoring monitoring({kMissing});
  EXPECT_EQ(monitoring.monitor->health().state(), HealthState::kDegraded);
  EXPECT_EQ(monitoring.changes(1).size(), 1U);
}

TEST(HealthMonitor, MetricsShowPartsReadinessAndFailingLayers) {
  Monitoring monitoring(
      {kMissing, {HealthPart::kStore, "", HealthState::kFailed, "the disk is full"}});
  EXPECT_EQ(monitoring.gauge("health", {{"part", "layers"}}), 1);
  EXPECT_EQ(monitoring.gauge("health", {{"part", "store"}}), 2);
  EXPECT_EQ(monitoring.gauge("health", {{"part", "outputs"}}), 0);
  EXPECT_EQ(monitoring.gauge("ready"), 0);
  EXPECT_EQ(monitoring.gauge("layers_failing"), 1);
  // The worst is first.
  EXPECT_EQ(monitoring.monitor->health().reasons.at(0).problem.part, HealthPart::kStore);
  monitoring.set({kMissing});
  monitoring.advance();
  EXPECT_EQ(monitoring.gauge("ready"), 1);
}

TEST(HealthChanges, WorseSeverityEndsAndBeginsAgain) {
  HealthProblem failed = kMissing;
  failed.severity = HealthState::kFailed;
  const base::WallTime start = ManualClock::kWallStart;
  const HealthChange first = health_change({}, {kMissing}, start);
  const HealthChange second = health_change(first.health, {failed}, start + 2s);
  ASSERT_EQ(second.began.size(), 1U);
  EXPECT_EQ(second.began[0].since, start + 2s);
  ASSERT_EQ(second.ended.size(), 1U);
  EXPECT_EQ(second.ended[0].lasted, 2s);
}

TEST(HealthChanges, WallClockThatWentBackGivesNoNegativeDuration) {
  const base::WallTime start = ManualClock::kWallStart;
  const HealthChange first = health_change({}, {kMissing}, start);
  EXPECT_EQ(health_change(first.health, {}, start - 5s).ended.at(0).lasted, 0s);
}

}  // namespace
}  // namespace layercast::stream
