#pragma once

#include "tools/common/log.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace layercast::tools {

/// Ends the process if its end takes too long: a loader may decode a file in the process itself,
/// which nothing interrupts. Thread: main.
class EndTimer {
 public:
  /// Ownership: the log outlives the timer.
  explicit EndTimer(const Log& log) : log_(log) {}
  /// Stops the timer: the end was in time.
  ~EndTimer();
  EndTimer(const EndTimer&) = delete;
  EndTimer& operator=(const EndTimer&) = delete;

  /// Unless the timer is destroyed within `patience`, the process exits with `status`, without
  /// destructors. The log says so unless that would block. Called once.
  void start(std::chrono::milliseconds patience, int status);

 private:
  const Log& log_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_over_ = false;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace layercast::tools
