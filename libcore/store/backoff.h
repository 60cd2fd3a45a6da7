#pragma once

#include <algorithm>
#include <chrono>
#include <random>

namespace layercast::store {

/// How long to wait before the next attempt: 50 ms at first, twice as long each time, 2 s at most;
/// a random part of it is left off, so that not everybody comes back at the same moment.
/// Thread: one at a time.
class Backoff {
 public:
  std::chrono::milliseconds next() {
    const auto whole = limit_;
    limit_ = std::min(limit_ * 2, kLongest);
    std::uniform_int_distribution<int64_t> part(whole.count() / 2, whole.count());
    return std::chrono::milliseconds(part(random_));
  }
  /// An attempt succeeded.
  void reset() { limit_ = kShortest; }

 private:
  static constexpr std::chrono::milliseconds kShortest{50};
  static constexpr std::chrono::milliseconds kLongest{2000};
  std::chrono::milliseconds limit_ = kShortest;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace layercast::store
