#pragma once

#include "base/clock.h"
#include "base/time.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <random>

namespace layercast::base {

/// The delays between attempts to restore a connection. Each delay is twice the previous one, up to
/// a maximum, and up to a quarter shorter at random, so that clients that lost the same server do
/// not return to it at the same moment. A connection that worked a moment ago is restored with
/// short delays; a request that the peer has refused is repeated rarely. Thread: one at a time.
class BackOff {
 public:
  struct Limits {
    Duration first{};          ///< After the first failure.
    Duration refused_first{};  ///< After the first refusal.
    Duration recent_most{};    ///< While the connection worked less than `recent_for` ago.
    Duration most{};           ///< Later, and for a connection that never worked.
    Duration refused_most{};   ///< Likewise after a refusal.
    Duration recent_for{};
  };
  enum class Failure {
    kAbsent,   ///< No connection, or a lost one.
    kRefused,  ///< The peer was reached and refused the request.
  };

  explicit BackOff(const Limits& limits) : limits_(limits) {}

  /// The connection works at the time `now`: the next delay is the first one again.
  void note_success(Clock::time_point now) {
    worked_at_ = now;
    previous_ = Duration::zero();
  }
  /// The first delay is used again, for another request than before.
  void reset() { previous_ = Duration::zero(); }

  /// The delay after a failure at the time `now`.
  Duration next(Failure failure, Clock::time_point now) {
    const bool worked_recently = worked_at_ && now - *worked_at_ <= limits_.recent_for;
    const bool is_refused = failure == Failure::kRefused && !worked_recently;
    const Duration first = is_refused ? limits_.refused_first : limits_.first;
    const Duration later = is_refused ? limits_.refused_most : limits_.most;
    previous_ =
        std::min(std::max(first, previous_ * 2), worked_recently ? limits_.recent_most : later);
    std::uniform_real_distribution<double> jitter(kJitterLeast, 1);
    return std::chrono::duration_cast<Duration>(previous_ * jitter(random_));
  }

 private:
  static constexpr double kJitterLeast = 0.75;

  const Limits limits_;
  Duration previous_{};  ///< Without the jitter.
  std::optional<Clock::time_point> worked_at_;
  std::minstd_rand random_{std::random_device{}()};
};

}  // namespace layercast::base
