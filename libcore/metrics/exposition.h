#pragma once

#include "base/metrics.h"

#include <string>

namespace layercast::metrics {

/// All of `metrics`, and the resource usage of the process (CPU, memory, file descriptors), in the
/// Prometheus text format, version 0.0.4. Every name has the prefix `layercast_`.
/// Source: prometheus.io, "Exposition formats". Thread: any.
std::string exposition(const base::Metrics& metrics);

/// The media type of exposition().
inline constexpr const char* kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace layercast::metrics
