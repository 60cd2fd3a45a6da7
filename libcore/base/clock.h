#pragma once

#include "base/time.h"

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace layercast::base {

/// The source of the current time and of timed waits. A class that waits or measures ages takes a
/// clock, so that a test can move the time (`tests/base/manual_clock.h`).
/// Not for measurements of a computation: those use the machine's time on every clock.
/// Thread: any.
class Clock {
 public:
  /// An instant of this clock. It never goes back.
  using time_point = std::chrono::steady_clock::time_point;

  /// The machine's clock: std::chrono::steady_clock and system_clock. It is never destroyed, so
  /// detached threads may use it until the process ends. Its calls allocate nothing.
  static Clock& steady();

  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  virtual time_point now() const = 0;
  /// The wall clock, which may jump.
  virtual WallTime wall_now() const = 0;

  /// Waits until `changed` is notified or `deadline` has come; may return earlier. Returns timeout
  /// when `deadline` has come. Thread: holds `lock`, which is released during the wait.
  virtual std::cv_status wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                              time_point deadline) = 0;

  /// Waits until `is_done` returns true, at most until `deadline`; returns its last result.
  /// Thread: as wait(); `is_done` is called with the lock.
  template <class Predicate>
  bool wait_until(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                  time_point deadline, Predicate is_done) {
    while (!is_done()) {
      if (wait(lock, changed, deadline) == std::cv_status::timeout) return is_done();
    }
    return true;
  }

  /// As wait_until() with the deadline `patience` from now. Range: `patience` below 100 years.
  template <class Predicate>
  bool wait_for(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                Duration patience, Predicate is_done) {
    return wait_until(lock, changed, now() + patience, is_done);
  }
};

}  // namespace layercast::base
