#pragma once

#include "base/time.h"
#include "frame/frame.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>

namespace layercast::stream {

/// Lets others look at the frames that go by. While nobody asks, a frame that goes by costs one
/// look at a flag, and none is held.
/// Thread: any (locked); offer() never waits for whoever looks.
class FrameTap {
 public:
  struct Seen {
    frame::FramePtr frame;
    int64_t index = 0;
  };

  /// Frame `index` goes by. Thread: render.
  void offer(const frame::FramePtr& frame, int64_t index);

  /// The first frame after `index` that goes by from now on; nullopt after `patience`.
  std::optional<Seen> next(int64_t index, base::Duration patience);

 private:
  std::atomic<int> watchers_ = 0;
  std::mutex mutex_;
  std::condition_variable arrived_;
  Seen seen_;  ///< no frame while nobody waits
};

}  // namespace layercast::stream
