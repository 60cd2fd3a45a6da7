#pragma once

#include "base/metrics.h"

#include <vector>

namespace layercast::metrics {

/// What this process has taken and holds: CPU seconds, resident and virtual bytes, file
/// descriptors, threads, when it began. Empty where /proc cannot be read.
/// Source: proc(5); names as the Prometheus client libraries have them.
std::vector<base::MetricFamily> process_families();

}  // namespace layercast::metrics
