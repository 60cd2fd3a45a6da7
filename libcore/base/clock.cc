#include "base/clock.h"

namespace layercast::base {
namespace {

class SteadyClock final : public Clock {
 public:
  time_point now() const override { return std::chrono::steady_clock::now(); }

  WallTime wall_now() const override {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
  }

  std::cv_status wait(std::unique_lock<std::mutex>& lock, std::condition_variable& changed,
                      time_point deadline) override {
    return changed.wait_until(lock, deadline);
  }
};

}  // namespace

Clock& Clock::steady() {
  // Never destroyed: detached threads may outlive static objects.
  static SteadyClock& clock = *new SteadyClock;
  return clock;
}

}  // namespace layercast::base
