#pragma once

#include "base/time.h"
#include "scene/placeholder.h"

#include <chrono>
#include <cstdint>
#include <mutex>

namespace layercast::stream {

/// When frames are due. Stream time began at the epoch, a wall-clock time that outlives restarts;
/// it then follows the steady clock, so that a wall clock that is put right moves no frame. Frames
/// are numbered from the epoch on, at the present rate. Thread: any (locked).
class StreamClock {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// Before set(), stream time is 0.
  StreamClock() = default;

  /// Stream time 0 is `epoch`, read off the wall clock now. An epoch to come counts as now.
  void set_epoch(scene::WallTime epoch);
  /// Frames come at `rate` from now on; stream time goes on as it was.
  void set_rate(base::FrameRate rate);

  base::FrameRate rate() const;
  base::Duration now() const;
  /// When frame `index` is to be shown.
  SteadyTime due(int64_t index) const;
  /// The first frame that is due at `time` or later.
  int64_t first_index_from(SteadyTime time) const;
  /// Its stream time, rounded down.
  base::Duration time_of(int64_t index) const;
  /// The stream time of the next frame to come.
  base::Duration next_frame_time() const;

 private:
  base::Duration stream_time_at(SteadyTime time) const;

  mutable std::mutex mutex_;
  bool is_running_ = false;
  SteadyTime zero_{};  ///< stream time 0
  base::FrameRate rate_;
};

}  // namespace layercast::stream
