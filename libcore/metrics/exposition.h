#pragma once

#include "base/metrics.h"

#include <string>

namespace layercast::metrics {

/// Every metric in the Prometheus text format, version 0.0.4, names prefixed with `layercast_`;
/// what the process itself takes (CPU, memory, file descriptors) among them.
/// Source: prometheus.io, "Exposition formats". Thread: any.
std::string exposition(const base::Metrics& metrics);

/// The media type of exposition().
inline constexpr const char* kExpositionType = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace layercast::metrics
