#pragma once

#include "base/metrics.h"

#include <chrono>
#include <memory>

namespace layercast::store {

/// How long one kind of work took, and how often it failed. Thread: any.
class OperationMetrics {
 public:
  OperationMetrics(base::Metrics& metrics, const char* operation)
      : seconds_(metrics.histogram(
            {"store_operation_seconds", "Time that operations of the state store took."},
            base::seconds_bounds(), {{"operation", operation}})),
        errors_(
            metrics.counter({"store_errors_total", "Operations of the state store that failed."},
                            {{"operation", operation}})) {}

  /// Calls work(), which answers with a Result, and counts it.
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

/// What a store says of itself besides. Thread: any.
struct StoreGauges {
  explicit StoreGauges(base::Metrics& metrics)
      : reconnects(
            metrics.counter({"store_reconnects_total",
                             "Attempts to connect to the remote state store after the first."})),
        waiting_entries(metrics.gauge({"store_waiting_entries",
                                       "Commands that are durable here and not yet at the remote "
                                       "state store."})),
        reachable(metrics.gauge(
            {"store_reachable", "1 while the state store takes what is written, else 0."})) {}

  std::shared_ptr<base::Counter> reconnects;
  std::shared_ptr<base::Gauge> waiting_entries;
  std::shared_ptr<base::Gauge> reachable;
};

}  // namespace layercast::store
