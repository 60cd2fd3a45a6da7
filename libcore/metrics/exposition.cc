#include "metrics/exposition.h"

#include "metrics/process.h"

#include <limits>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <vector>

namespace layercast::metrics {
namespace {

using base::MetricKind;

prometheus::MetricType type_of(MetricKind kind) {
  switch (kind) {
    case MetricKind::kCounter:
      return prometheus::MetricType::Counter;
    case MetricKind::kGauge:
      return prometheus::MetricType::Gauge;
    case MetricKind::kHistogram:
      return prometheus::MetricType::Histogram;
  }
  return prometheus::MetricType::Untyped;
}

void write_histogram(const base::MetricSample& sample, prometheus::ClientMetric& metric) {
  uint64_t cumulative = 0;
  for (size_t i = 0; i < sample.counts.size(); ++i) {
    cumulative += sample.counts[i];
    const double bound =
        i < sample.bounds.size() ? sample.bounds[i] : std::numeric_limits<double>::infinity();
    metric.histogram.bucket.push_back({cumulative, bound});
  }
  metric.histogram.sample_count = cumulative;
  metric.histogram.sample_sum = sample.value;
}

prometheus::ClientMetric metric_of(const base::MetricSample& sample, MetricKind kind) {
  prometheus::ClientMetric metric;
  for (const auto& [name, value] : sample.labels) metric.label.push_back({name, value});
  if (kind == MetricKind::kCounter) metric.counter.value = sample.value;
  if (kind == MetricKind::kGauge) metric.gauge.value = sample.value;
  if (kind == MetricKind::kHistogram) write_histogram(sample, metric);
  return metric;
}

prometheus::MetricFamily family_of(const base::MetricFamily& family) {
  prometheus::MetricFamily result{
      "layercast_" + family.name, family.help, type_of(family.kind), {}};
  for (const auto& sample : family.samples) {
    result.metric.push_back(metric_of(sample, family.kind));
  }
  return result;
}

}  // namespace

std::string exposition(const base::Metrics& metrics) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& family : metrics.read()) families.push_back(family_of(family));
  for (const auto& family : process_families()) families.push_back(family_of(family));
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace layercast::metrics
