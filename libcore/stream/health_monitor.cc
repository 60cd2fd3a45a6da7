#include "stream/health_monitor.h"

#include "base/thread_name.h"
#include "base/thread_urgency.h"

#include <algorithm>
#include <string>
#include <utility>

namespace layercast::stream {
namespace {

using base::HealthPart;
using base::HealthProblem;
using base::HealthReason;
using base::HealthState;

constexpr base::Duration kInterval = std::chrono::milliseconds(500);

bool is_same(const HealthProblem& a, const HealthProblem& b) {
  return a.part == b.part && a.subject == b.subject && a.severity == b.severity &&
         a.is_expected == b.is_expected;
}

}  // namespace

HealthChange health_change(const base::Health& before, const std::vector<HealthProblem>& problems,
                           base::WallTime now) {
  HealthChange change;
  for (const HealthProblem& problem : problems) {
    const auto known = std::ranges::find_if(before.reasons, [&](const HealthReason& reason) {
      return is_same(reason.problem, problem);
    });
    const bool is_new = known == before.reasons.end();
    change.health.reasons.push_back({problem, is_new ? now : known->since});
    if (is_new) change.began.push_back(change.health.reasons.back());
  }
  for (const HealthReason& reason : before.reasons) {
    const bool is_present = std::ranges::any_of(
        problems, [&](const HealthProblem& problem) { return is_same(reason.problem, problem); });
    if (!is_present) {
      change.ended.push_back({reason, std::max(now - reason.since, base::Duration::zero())});
    }
  }
  std::ranges::stable_sort(change.health.reasons, std::ranges::greater(),
                           [](const HealthReason& reason) { return reason.problem.severity; });
  return change;
}

HealthMonitor::HealthMonitor(HealthMonitorOptions options) : options_(std::move(options)) {
  base::Metrics& metrics = *options_.metrics;
  for (size_t i = 0; i < parts_.size(); ++i) {
    const base::MetricLabels labels = {
        {"part", std::string(base::name_of(base::kHealthParts.at(i)))}};
    parts_.at(i) =
        metrics.gauge({"health", "Health of a part: 0 ok, 1 degraded, 2 failed."}, labels);
    problems_.at(i) = metrics.counter(
        {"health_problems_total", "Problems that began, by the part that has them."}, labels);
  }
  ready_ = metrics.gauge({"ready", "1 while /readyz answers 200, else 0."});
  failing_layers_ =
      metrics.gauge({"layers_failing", "Layers whose content or live source cannot be shown now."});
}

HealthMonitor::~HealthMonitor() { stop(); }

void HealthMonitor::start() {
  {
    const std::lock_guard lock(mutex_);
    is_poked_ = false;  // this check sees what the poke was about
  }
  update();
  thread_ = base::named_thread("health", [this] { run(); });
}

void HealthMonitor::stop() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

base::Health HealthMonitor::health() const {
  const std::lock_guard lock(mutex_);
  return health_;
}

void HealthMonitor::poke() {
  {
    const std::lock_guard lock(mutex_);
    is_poked_ = true;
  }
  changed_.notify_all();
}

// False when the monitor ends.
bool HealthMonitor::wait() {
  std::unique_lock lock(mutex_);
  options_.clock->wait_for(lock, changed_, kInterval, [this] { return stops_ || is_poked_; });
  is_poked_ = false;
  return !stops_;
}

void HealthMonitor::run() {
  base::set_urgency(base::Urgency::kRest);
  while (wait()) update();
}

void HealthMonitor::update() {
  const auto problems = options_.check(options_.clock->now());
  const HealthChange change = health_change(health(), problems, options_.clock->wall_now());
  {
    const std::lock_guard lock(mutex_);
    health_ = change.health;
  }
  set_metrics(change.health);
  if (!change.began.empty() || !change.ended.empty()) options_.on_change(change);
  for (const HealthReason& reason : change.began) {
    problems_.at(static_cast<size_t>(reason.problem.part))->add();
  }
}

void HealthMonitor::set_metrics(const base::Health& health) {
  for (size_t i = 0; i < parts_.size(); ++i) {
    parts_.at(i)->set(static_cast<double>(health.state_of(base::kHealthParts.at(i))));
  }
  ready_->set(health.state() == HealthState::kFailed ? 0 : 1);
  failing_layers_->set(
      static_cast<double>(std::ranges::count_if(health.reasons, [](const HealthReason& reason) {
        return reason.problem.part == HealthPart::kLayers ||
               reason.problem.part == HealthPart::kFeeds;
      })));
}

}  // namespace layercast::stream
