#pragma once

#include "base/metrics.h"

#include <vector>

namespace layercast::metrics {

/// The resource usage of this process: CPU seconds, resident and virtual memory in bytes, file
/// descriptors, threads, start time. Empty when /proc/self/stat cannot be read. Thread: any.
/// Source: proc(5); the names are those of the Prometheus client libraries.
std::vector<base::MetricFamily> process_families();

}  // namespace layercast::metrics
