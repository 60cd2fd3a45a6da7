#pragma once

#include <cstdint>

namespace layercast::base {

/// Nanoseconds of processor time that the calling thread has used. Unlike wall-clock time, this
/// excludes the time that other threads and programs used.
int64_t thread_cpu_nanoseconds();

/// Measures the calling thread's processor time in laps. Thread: the one that constructed it.
class CpuStopwatch {
 public:
  /// Nanoseconds of processor time since construction or the last call.
  int64_t lap() {
    const int64_t start = start_;
    start_ = thread_cpu_nanoseconds();
    return start_ - start;
  }

 private:
  int64_t start_ = thread_cpu_nanoseconds();
};

}  // namespace layercast::base
