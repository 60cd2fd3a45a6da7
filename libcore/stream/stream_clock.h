#pragma once

#include "base/clock.h"
#include "base/time.h"
#include "scene/model/placeholder.h"

#include <cstdint>
#include <mutex>

namespace layercast::stream {

/// When frames are due. Stream time starts at the epoch, a wall-clock time that survives restarts,
/// and then follows the host clock, so that adjusting the wall clock moves no frame. Frames are
/// numbered from the epoch at the current rate. Thread: any (locked).
class StreamClock {
 public:
  using SteadyTime = base::Clock::time_point;

  /// Before set_epoch(), stream time is 0. `host`: the clock of the machine. Ownership: outlives
  /// this clock.
  explicit StreamClock(base::Clock* host = &base::Clock::steady()) : host_(host) {}

  /// The clock that the stream follows: frames become due by its time. All timed waits of the
  /// stream use it, but not those of LiveSoundtrack, which mixes in real time.
  base::Clock& host() const { return *host_; }

  /// Makes `epoch` stream time 0, using the current wall clock of the host. An epoch in the future
  /// counts as now.
  void set_epoch(scene::WallTime epoch);
  /// Changes the frame rate; stream time continues.
  void set_rate(base::FrameRate rate);

  base::FrameRate rate() const;
  /// The current stream time.
  base::Duration now() const;
  /// When frame `index` is due.
  SteadyTime due(int64_t index) const;
  /// The first frame that is due at `time` or later.
  int64_t first_index_from(SteadyTime time) const;
  /// The stream time of frame `index`, rounded down.
  base::Duration time_of(int64_t index) const;
  /// The stream time of the next frame.
  base::Duration next_frame_time() const;

 private:
  base::Duration stream_time_at(SteadyTime time) const;

  base::Clock* const host_;
  mutable std::mutex mutex_;
  bool is_running_ = false;
  SteadyTime zero_{};  ///< stream time 0
  base::FrameRate rate_;
};

}  // namespace layercast::stream
