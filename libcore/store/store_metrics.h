#pragma once

#include "base/metrics.h"

#include <chrono>
#include <memory>

namespace layercast::store {

/// Measures the duration and the failures of one kind of operation. Thread: any.
class OperationMetrics {
 public:
  OperationMetrics(base::Metrics& metrics, const char* operation)
      : seconds_(metrics.histogram(
            {"store_operation_seconds", "Duration of the operations of the state store."},
            base::seconds_bounds(), {{"operation", operation}})),
        errors_(
            metrics.counter({"store_errors_total", "Operations of the state store that failed."},
                            {{"operation", operation}})) {}

  /// Calls work(), which returns a Result, measures it and returns its result.
  template <class Work>
  auto measured(const Work& work) const {
    const auto start = std::chrono::steady_clock::now();
    auto result = work();
    seconds_->observe(
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
    if (!result.ok()) errors_->add();
    return result;
  }

 private:
  std::shared_ptr<base::Histogram> seconds_;
  std::shared_ptr<base::Counter> errors_;
};

/// The metrics for the condition of a store. Thread: any.
struct StoreGauges {
  explicit StoreGauges(base::Metrics& metrics)
      : reconnects(
            metrics.counter({"store_reconnects_total",
                             "Attempts to connect to the remote state store after the first."})),
        waiting_entries(metrics.gauge({"store_waiting_entries",
                                       "Commands that are durable locally, but not yet at the "
                                       "remote state store."})),
        reachable(metrics.gauge(
            {"store_reachable", "1 while the state store accepts writes, otherwise 0."})) {}

  std::shared_ptr<base::Counter> reconnects;
  std::shared_ptr<base::Gauge> waiting_entries;
  std::shared_ptr<base::Gauge> reachable;
};

}  // namespace layercast::store
