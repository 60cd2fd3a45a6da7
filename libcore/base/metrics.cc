#include "base/metrics.h"

#include "base/check.h"

#include <algorithm>

namespace layercast::base {
namespace {

// gcc 12 compiles C++20's fetch_add for atomic<double> to a compare-exchange loop.
void add_to(std::atomic<double>& sum, double amount) {
  sum.fetch_add(amount, std::memory_order_relaxed);
}

MetricLabels others(MetricLabels labels) {
  for (auto& label : labels) label.second = "other";
  return labels;
}

MetricSample sample_of(const MetricLabels& labels, const Counter* counter, const Gauge* gauge,
                       const Histogram* histogram) {
  if (counter != nullptr) return {labels, counter->value(), {}, {}};
  if (gauge != nullptr) return {labels, gauge->value(), {}, {}};
  return {labels, histogram->sum(), histogram->bounds(), histogram->counts()};
}

}  // namespace

void Counter::add(double amount) {
  LAYERCAST_CHECK(amount >= 0);
  add_to(value_, amount);
}

void Gauge::add(double amount) { add_to(value_, amount); }

Histogram::Histogram(std::vector<double> bounds)
    : bounds_(std::move(bounds)), counts_(bounds_.size() + 1) {
  LAYERCAST_CHECK(std::ranges::is_sorted(bounds_));
}

void Histogram::observe(double value) {
  const auto range = std::ranges::lower_bound(bounds_, value) - bounds_.begin();
  counts_[static_cast<size_t>(range)].fetch_add(1, std::memory_order_relaxed);
  add_to(sum_, value);
}

std::vector<uint64_t> Histogram::counts() const {
  std::vector<uint64_t> counts;
  counts.reserve(counts_.size());
  for (const auto& count : counts_) counts.push_back(count.load(std::memory_order_relaxed));
  return counts;
}

Metrics::Series& Metrics::series_of(const MetricName& name, MetricKind kind,
                                    const MetricLabels& labels) {
  auto [family, is_new] = families_.try_emplace(std::string(name.name));
  if (is_new) {
    family->second.help = name.help;
    family->second.kind = kind;
  }
  LAYERCAST_CHECK(family->second.kind == kind);
  auto& series = family->second.series;
  const bool has_room = series.contains(labels) || series.size() < kSeriesMax;
  return series[has_room ? labels : others(labels)];
}

std::shared_ptr<Counter> Metrics::counter(const MetricName& name, const MetricLabels& labels) {
  const std::lock_guard lock(mutex_);
  Series& series = series_of(name, MetricKind::kCounter, labels);
  if (series.counter == nullptr) series.counter = std::make_shared<Counter>();
  return series.counter;
}

std::shared_ptr<Gauge> Metrics::gauge(const MetricName& name, const MetricLabels& labels) {
  const std::lock_guard lock(mutex_);
  Series& series = series_of(name, MetricKind::kGauge, labels);
  if (series.gauge == nullptr) series.gauge = std::make_shared<Gauge>();
  return series.gauge;
}

std::shared_ptr<Histogram> Metrics::histogram(const MetricName& name,
                                              const std::vector<double>& bounds,
                                              const MetricLabels& labels) {
  const std::lock_guard lock(mutex_);
  Series& series = series_of(name, MetricKind::kHistogram, labels);
  if (series.histogram == nullptr) series.histogram = std::make_shared<Histogram>(bounds);
  return series.histogram;
}

void Metrics::remove(std::string_view key, std::string_view value) {
  const std::lock_guard lock(mutex_);
  for (auto& [name, family] : families_) {
    std::erase_if(family.series, [&](const auto& series) {
      return std::ranges::any_of(series.first, [&](const auto& label) {
        return label.first == key && label.second == value;
      });
    });
  }
}

std::vector<MetricFamily> Metrics::read() const {
  const std::lock_guard lock(mutex_);
  std::vector<MetricFamily> families;
  for (const auto& [name, family] : families_) {
    MetricFamily read{name, family.help, family.kind, {}};
    for (const auto& [labels, series] : family.series) {
      read.samples.push_back(
          sample_of(labels, series.counter.get(), series.gauge.get(), series.histogram.get()));
    }
    families.push_back(std::move(read));
  }
  return families;
}

const std::vector<double>& seconds_bounds() {
  static const std::vector<double> bounds = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005,
                                             0.01,   0.0167,  0.0333, 0.05,  0.1,    0.25,
                                             0.5,    1,       2.5,    5,     10};
  return bounds;
}

}  // namespace layercast::base
