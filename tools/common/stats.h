#pragma once

#include "base/error.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace layercast::tools {

/// The counts and times of one run that --stats writes.
class Stats {
 public:
  /// Starts the clocks.
  Stats();

  /// Adds the time of a stage, or a count.
  void add_stage(std::string name, int64_t nanoseconds) {
    stages_.emplace_back(std::move(name), nanoseconds);
  }
  void add_count(std::string name, int64_t count) { counts_.emplace_back(std::move(name), count); }

  /// Writes {frames, wall_seconds, cpu_seconds, counts…, stages: {NAME_ns…}} as JSON.
  /// Errors: kIo.
  base::Result<void> write(const std::string& path, int64_t frames) const;

 private:
  std::chrono::steady_clock::time_point start_;
  std::vector<std::pair<std::string, int64_t>> stages_;
  std::vector<std::pair<std::string, int64_t>> counts_;
};

}  // namespace layercast::tools
