#pragma once

#include "base/clock.h"
#include "base/time.h"
#include "frame/frame.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace layercast::stream {

/// Gives other threads access to the rendered frames. While nothing watches, a frame costs one
/// atomic load, and none is kept alive.
/// Thread: any (locked); offer() does not wait for watchers.
class FrameTap {
 public:
  struct Seen {
    frame::FramePtr frame;
    int64_t index = 0;
    int64_t number = 0;  ///< rises from frame to frame; the index falls when the rate is lowered
  };

  /// `clock`: measures the patience of next(). Ownership: outlives the tap.
  explicit FrameTap(base::Clock* clock = &base::Clock::steady()) : clock_(clock) {}

  /// Publishes frame `index`. Thread: render.
  void offer(const frame::FramePtr& frame, int64_t index);

  /// Waits for a frame with a higher Seen::number than `number`; 0: the next frame. Returns nullopt
  /// after `patience`.
  std::optional<Seen> next(int64_t number, base::Duration patience);

 private:
  base::Clock* const clock_;
  std::atomic<int> watchers_ = 0;
  std::mutex mutex_;
  std::condition_variable arrived_;
  int64_t published_ = 0;  ///< Seen::number of the newest frame
  Seen seen_;              ///< null while nothing waits
};

}  // namespace layercast::stream
