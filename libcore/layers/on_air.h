#pragma once

#include "base/clock.h"
#include "base/time.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

namespace layercast::layers {

/// The first frame that showed each revision, and the callbacks that wait for one. Thread: any
/// (locked). note() neither allocates nor runs callbacks.
class OnAir {
 public:
  using Clock = base::Clock;
  using Done = std::function<void(std::optional<int64_t>)>;

  /// Records that frame `index` shows everything up to `revision`. True when a callback waits for
  /// it: then call take_due().
  bool note(int64_t revision, int64_t index);
  /// Registers `done`. take_due() returns it when `revision` is on air or `deadline` has passed.
  void wait(int64_t revision, Clock::time_point deadline, Done done);

  /// A callback to run, and its argument: the frame, or nullopt when there was none in time.
  struct Told {
    Done done;
    std::optional<int64_t> index;
  };
  /// Removes and returns the callbacks that are due at `now`.
  std::vector<Told> take_due(Clock::time_point now);
  /// Removes and returns all callbacks, with nullopt.
  std::vector<Told> take_all();
  /// The earliest deadline of a waiting callback.
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
  // The newest ones, in a ring: frames allocate no memory.
  std::array<Shown, 256> shown_{};
  size_t shown_count_ = 0;
  std::vector<Wait> waits_;
};

}  // namespace layercast::layers
