#pragma once

#include <chrono>
#include <optional>

namespace layercast::base {

/// The instant after which a computation stops early; by default there is none. The computation
/// checks it between its parts. Thread: any.
class TimeLimit {
 public:
  using Clock = std::chrono::steady_clock;

  TimeLimit() = default;
  explicit TimeLimit(Clock::time_point end) : end_(end) {}

  /// Once true, it stays true. Reads the clock only if there is a limit.
  bool is_over() const { return end_ && Clock::now() > *end_; }

 private:
  std::optional<Clock::time_point> end_;
};

}  // namespace layercast::base
