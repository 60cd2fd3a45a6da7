#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace layercast::store {

/// An exponential back-off: 50 ms at first, doubled each time up to 2 s. Jitter shortens each delay
/// by a random part of up to a half, so that clients do not reconnect at the same moment.
/// Thread: one at a time.
class Backoff {
 public:
  /// The delay before the next attempt.
  std::chrono::milliseconds next() {
    const auto whole = limit_;
    limit_ = std::min(limit_ * 2, kLongest);
    std::uniform_int_distribution<int64_t> part(whole.count() / 2, whole.count());
    return std::chrono::milliseconds(part(random_));
  }
  /// Starts again with the shortest delay, after an attempt that succeeded.
  void reset() { limit_ = kShortest; }

 private:
  static constexpr std::chrono::milliseconds kShortest{50};
  static constexpr std::chrono::milliseconds kLongest{2000};
  std::chrono::milliseconds limit_ = kShortest;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace layercast::store
