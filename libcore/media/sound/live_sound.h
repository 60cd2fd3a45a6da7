#pragma once

#include "base/error.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace layercast::media {

/// The last four seconds of sound of a live source: stereo at kAudioRate, and the time at which
/// each sample is due, by the clock of the pictures.
/// Thread: any (locked).
class LiveSound {
 public:
  using Clock = std::chrono::steady_clock;

  /// Appends decoded samples (left, right, left …), the first of which is due at `due`. Drops
  /// samples that are more than four seconds old.
  void put(std::span<const float> samples, Clock::time_point due);

  /// The position of one listener.
  struct Position {
    int64_t next = -1;  ///< the next sample of a channel, from the source's first; −1: at the start
  };
  /// The result of take().
  struct Taken {
    size_t samples = 0;          ///< per channel
    Clock::time_point due = {};  ///< of the first sample
  };

  /// Fills the beginning of `samples` with the sound after `position` up to the next gap, and
  /// advances `position`; takes nothing when there is no new sound. Skips dropped samples. A new
  /// listener begins with the newest tenth of a second.
  Taken take(Position& position, std::span<float> samples) const;

  /// The number of samples per channel after `position`.
  int64_t waiting(const Position& position) const;

 private:
  struct Block {
    int64_t first = 0;
    Clock::time_point due;
    std::vector<float> samples;
    int64_t end() const;
  };

  int64_t begin_of(const Position& position) const;

  mutable std::mutex mutex_;
  std::deque<Block> blocks_;
  int64_t next_ = 0;
};

/// One listener to the sound of a live source. It shares one connection with other listeners and
/// with feeds of the pictures; the connection exists as long as there is one of them.
/// Thread: one at a time.
class LiveListener {
 public:
  /// Starts to connect on another thread, which retries indefinitely; does not block. Errors:
  /// kUnsupported for a URL whose scheme is not supported.
  static base::Result<std::unique_ptr<LiveListener>> open(const std::string& source);
  virtual ~LiveListener() = default;

  /// As LiveSound::take(), from the end of the last call on. Does not block.
  virtual LiveSound::Taken take(std::span<float> samples) = 0;
  /// The number of samples per channel that take() can return.
  virtual int64_t waiting() const = 0;
};

}  // namespace layercast::media
