#pragma once

#include "base/time.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace layercast::layers {

/// Which frame was the first to show each revision, and who waits for one.
/// Thread: any (locked). note() neither allocates nor calls anybody.
class OnAir {
 public:
  using Clock = std::chrono::steady_clock;
  using Done = std::function<void(std::optional<int64_t>)>;

  /// Frame `index` shows everything up to `revision`. True when somebody waited for it.
  bool note(int64_t revision, int64_t index);
  void wait(int64_t revision, Clock::time_point deadline, Done done);

  /// Who is to be told at `now`, with what.
  struct Told {
    Done done;
    std::optional<int64_t> index;
  };
  std::vector<Told> take_due(Clock::time_point now);
  /// Everybody who still waits.
  std::vector<Told> take_all();
  /// When the next one loses patience.
  std::optional<Clock::time_point> next_deadline() const;

 private:
  struct Shown {
    int64_t revision = 0;
    int64_t index = 0;
  };
  struct Wait {
    int64_t revision = 0;
    Clock::time_point deadline;
    Done done;
  };

  std::optional<int64_t> first_index(int64_t revision) const;

  mutable std::mutex mutex_;
  // The newest ones; a ring, so that frames cost no memory.
  std::array<Shown, 256> shown_{};
  size_t shown_count_ = 0;
  std::vector<Wait> waits_;
};

}  // namespace layercast::layers
