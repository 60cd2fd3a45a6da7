#pragma once

#include "base/clock.h"
#include "base/health.h"
#include "base/metrics.h"
#include "base/time.h"

#include <array>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace layercast::stream {

/// A change of the health: problems that began or ended since the change before. A problem whose
/// severity changes, or that is no longer expected, ends and begins again.
struct HealthChange {
  /// A problem that is over.
  struct Ended {
    base::HealthReason reason;
    base::Duration lasted{};
  };
  std::vector<base::HealthReason> began;
  std::vector<Ended> ended;
  base::Health health;  ///< after the change
};

/// The environment of a HealthMonitor.
struct HealthMonitorOptions {
  /// Finds the present problems. Thread: that of the monitor.
  std::function<std::vector<base::HealthProblem>(base::Clock::time_point now)> check;
  /// Called once for each change. Thread: that of the monitor; it must not call the monitor.
  std::function<void(const HealthChange&)> on_change;
  base::Metrics* metrics = nullptr;  ///< outlives the monitor
  base::Clock* clock = &base::Clock::steady();
};

/// Keeps the health of a daemon: between start() and stop(), it looks for problems twice a second
/// and after poke(), and reports when they begin and end. Thread: any (locked); start() and stop()
/// one at a time.
class HealthMonitor {
 public:
  explicit HealthMonitor(HealthMonitorOptions options);
  /// As stop().
  ~HealthMonitor();
  HealthMonitor(const HealthMonitor&) = delete;
  HealthMonitor& operator=(const HealthMonitor&) = delete;

  /// Checks once, then starts the thread.
  void start();
  /// Ends the thread: the functions of the options are not called any more.
  void stop();

  /// The health at the newest check; kOk before start().
  base::Health health() const;
  /// Checks soon. May be called before start() and after stop().
  void poke();

 private:
  void run();
  bool wait();
  void update();
  void set_metrics(const base::Health& health);

  const HealthMonitorOptions options_;
  std::array<std::shared_ptr<base::Gauge>, base::kHealthParts.size()> parts_;
  std::shared_ptr<base::Gauge> ready_;
  std::array<std::shared_ptr<base::Counter>, base::kHealthParts.size()> problems_;
  std::shared_ptr<base::Gauge> failing_layers_;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  base::Health health_;    ///< guarded by mutex_
  bool is_poked_ = false;  ///< guarded by mutex_
  bool stops_ = false;     ///< guarded by mutex_
  std::thread thread_;
};

/// The change from `before` to the present `problems`, which began at `now` unless they are known.
/// Pure. Thread: any.
HealthChange health_change(const base::Health& before,
                           const std::vector<base::HealthProblem>& problems, base::WallTime now);

}  // namespace layercast::stream
