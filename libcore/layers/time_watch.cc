#include "layers/time_watch.h"

#include "base/thread_name.h"

#include <utility>

namespace layercast::layers {

TimeWatch::TimeWatch(Clock& clock, std::function<Clock::time_point()> act)
    : clock_(clock),
      act_(std::move(act)),
      thread_(base::named_thread("scheduler", [this] { run(); })) {}

TimeWatch::~TimeWatch() { stop(); }

void TimeWatch::poke() {
  {
    const std::lock_guard lock(mutex_);
    is_poked_ = true;
  }
  changed_.notify_one();
}

void TimeWatch::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void TimeWatch::run() {
  while (true) {
    const auto wake = act_();
    std::unique_lock lock(mutex_);
    clock_.wait_until(lock, changed_, wake, [&] { return is_poked_ || is_over_; });
    if (is_over_) return;
    is_poked_ = false;
  }
}

}  // namespace layercast::layers
