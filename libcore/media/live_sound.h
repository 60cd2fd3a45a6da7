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

/// The newest sound of a live source: stereo at kAudioRate, the last four seconds of it, and when
/// each sample is due by the clock that its pictures are shown by.
/// Thread: any (locked).
class LiveSound {
 public:
  using Clock = std::chrono::steady_clock;

  /// Whoever decodes: `samples` (left, right, left …) follow what is there; the first is due at
  /// `due`. What nobody took for four seconds is dropped.
  void put(std::span<const float> samples, Clock::time_point due);

  /// What a listener has taken so far. Each has its own.
  struct Position {
    int64_t next = -1;  ///< sample of one side, counted from the source's first; −1: none so far
  };
  struct Taken {
    size_t samples = 0;          ///< of one side
    Clock::time_point due = {};  ///< of the first of them
  };

  /// Fills the beginning of `samples` with what follows `position`, as far as it is without a gap:
  /// nothing when no more has come. What was dropped meanwhile is left out. A new listener begins
  /// with the newest tenth of a second.
  Taken take(Position& position, std::span<float> samples) const;

  /// Samples of one side that wait behind `position`.
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

/// One listener to the sound of a live source. The source is connected to as long as there is one,
/// or a feed of its pictures; both share one connection.
/// Thread: one at a time.
class LiveListener {
 public:
  /// Connects on a thread of its own, for ever; never waits. Errors: kUnsupported when `source` is
  /// nothing that can be connected to, which is_live_source() tells before.
  static base::Result<std::unique_ptr<LiveListener>> open(const std::string& source);
  virtual ~LiveListener() = default;

  /// As LiveSound's take(): what has come since the last call, oldest first; never waits.
  virtual LiveSound::Taken take(std::span<float> samples) = 0;
  /// Samples of one side that wait to be taken.
  virtual int64_t waiting() const = 0;
};

}  // namespace layercast::media
