#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace layercast::base {

/// Names and values that distinguish the series of one metric, such as {{"output", "main"}}.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// A sum that only grows. Range: add() takes no negative amount. Thread: any; it neither locks nor
/// allocates.
class Counter {
 public:
  void add(double amount = 1);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

/// A value that may rise and fall. Thread: any; it neither locks nor allocates.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double amount);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

/// Counts the observed values in each of a fixed set of ranges, and their sum.
/// Thread: any; observe() neither locks nor allocates.
class Histogram {
 public:
  /// `bounds`: the inclusive upper limits of the ranges, ascending; one further range counts all
  /// larger values.
  explicit Histogram(std::vector<double> bounds);

  void observe(double value);

  const std::vector<double>& bounds() const { return bounds_; }
  /// One count for each bound and one for larger values; not cumulative.
  std::vector<uint64_t> counts() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<double> bounds_;
  std::vector<std::atomic<uint64_t>> counts_;
  std::atomic<double> sum_ = 0;
};

/// The type of a metric, as in Prometheus.
enum class MetricKind : uint8_t { kCounter, kGauge, kHistogram };

/// The values of one series at the time of Metrics::read().
struct MetricSample {
  MetricLabels labels;
  double value = 0;              ///< of a counter or gauge; the sum of a histogram
  std::vector<double> bounds;    ///< of a histogram
  std::vector<uint64_t> counts;  ///< of a histogram, one more than bounds
};

/// One metric with all its series at the time of Metrics::read().
struct MetricFamily {
  std::string name;
  std::string help;
  MetricKind kind = MetricKind::kCounter;
  std::vector<MetricSample> samples;
};

/// The name and the help text of a metric by the conventions of Prometheus: base units, `_total`
/// on counters. The name lacks the prefix `layercast_`, which the exposition adds.
struct MetricName {
  std::string_view name;
  std::string_view help;
};

/// The registry of all metrics of a process. Modules request their handles once and keep them; the
/// exposition reads all series. A metric has at most kSeriesMax series: further label values share
/// one series whose label values are `other`, so that clients cannot make the registry grow.
/// Thread: any (locked); the handles themselves need no lock.
class Metrics {
 public:
  static constexpr size_t kSeriesMax = 200;

  /// The handle for `name` and `labels`; equal arguments give the same handle. It stays usable as
  /// long as it is referenced; read() reports its series until remove(). Aborts when `name` is
  /// already registered as another kind.
  std::shared_ptr<Counter> counter(const MetricName& name, const MetricLabels& labels = {});
  std::shared_ptr<Gauge> gauge(const MetricName& name, const MetricLabels& labels = {});
  std::shared_ptr<Histogram> histogram(const MetricName& name, const std::vector<double>& bounds,
                                       const MetricLabels& labels = {});

  /// Removes every series that has the label `key` with `value`, such as those of a removed output
  /// or layer.
  void remove(std::string_view key, std::string_view value);

  /// All metrics, sorted by name.
  std::vector<MetricFamily> read() const;

 private:
  struct Series {
    std::shared_ptr<Counter> counter;
    std::shared_ptr<Gauge> gauge;
    std::shared_ptr<Histogram> histogram;
  };
  struct Family {
    std::string help;
    MetricKind kind = MetricKind::kCounter;
    std::map<MetricLabels, Series> series;
  };

  Series& series_of(const MetricName& name, MetricKind kind, const MetricLabels& labels);

  mutable std::mutex mutex_;
  std::map<std::string, Family, std::less<>> families_;
};

/// Bounds for durations in seconds, from 0.1 ms to 10 s.
const std::vector<double>& seconds_bounds();

}  // namespace layercast::base
