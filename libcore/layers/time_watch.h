#pragma once

#include "base/clock.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace layercast::layers {

/// A thread that acts at times: at first, at the time that each call of `act` returns, and after
/// each poke().
class TimeWatch {
 public:
  using Clock = base::Clock;

  /// `clock`: outlives the object.
  TimeWatch(Clock& clock, std::function<Clock::time_point()> act);
  /// Stops the thread.
  ~TimeWatch();
  TimeWatch(const TimeWatch&) = delete;
  TimeWatch& operator=(const TimeWatch&) = delete;

  /// Makes the thread act as soon as possible. Thread: any.
  void poke();
  /// Waits until the thread has ended. Thread: not its own.
  void stop();

 private:
  void run();

  Clock& clock_;
  const std::function<Clock::time_point()> act_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_poked_ = false;
  bool is_over_ = false;
  std::thread thread_;
};

}  // namespace layercast::layers
