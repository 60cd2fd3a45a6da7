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

/// Names and values that tell the series of one metric apart, such as {{"output", "main"}}.
using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// A sum that only grows. Thread: any.
class Counter {
 public:
  void add(double amount = 1);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

/// A value that goes up and down. Thread: any.
class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double amount);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

/// How often values fell into each of fixed ranges. Thread: any; it neither locks nor allocates.
class Histogram {
 public:
  /// `bounds`: the inclusive upper ends of the ranges, rising; one more range takes the rest.
  explicit Histogram(std::vector<double> bounds);

  void observe(double value);

  const std::vector<double>& bounds() const { return bounds_; }
  /// One for each bound and one for the rest; not cumulative.
  std::vector<uint64_t> counts() const;
  double sum() const { return sum_.load(std::memory_order_relaxed); }

 private:
  std::vector<double> bounds_;
  std::vector<std::atomic<uint64_t>> counts_;
  std::atomic<double> sum_ = 0;
};

enum class MetricKind : uint8_t { kCounter, kGauge, kHistogram };

/// One series as it was when it was read.
struct MetricSample {
  MetricLabels labels;
  double value = 0;              ///< of a counter or gauge; the sum of a histogram
  std::vector<double> bounds;    ///< of a histogram
  std::vector<uint64_t> counts;  ///< of a histogram, one more than bounds
};

/// One metric with all its series.
struct MetricFamily {
  std::string name;
  std::string help;
  MetricKind kind = MetricKind::kCounter;
  std::vector<MetricSample> samples;
};

/// What a metric is called and what it says, as Prometheus wants it: base units, `_total` on
/// counters. Without the prefix `layercast_`.
struct MetricName {
  std::string_view name;
  std::string_view help;
};

/// Every metric of the process. Rooms ask it for handles once and keep those; reading all of them
/// is somebody else's work. A metric has at most kSeriesMax series: those beyond share one whose
/// label values are `other`, so that no client can make it grow.
/// Thread: any (locked); the handles themselves are not.
class Metrics {
 public:
  static constexpr size_t kSeriesMax = 200;

  /// The same handle for the same name and labels. They live as long as somebody holds them, and
  /// are shown until they are removed.
  std::shared_ptr<Counter> counter(const MetricName& name, const MetricLabels& labels = {});
  std::shared_ptr<Gauge> gauge(const MetricName& name, const MetricLabels& labels = {});
  std::shared_ptr<Histogram> histogram(const MetricName& name, const std::vector<double>& bounds,
                                       const MetricLabels& labels = {});

  /// Takes away every series that has the label `key` with `value`: an output or layer that is
  /// gone.
  void remove(std::string_view key, std::string_view value);

  /// All of them, by name.
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
