#pragma once

#include "base/time.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace layercast::media {

/// A ring buffer of the newest 5 seconds of stereo sound at kAudioRate, addressed by sample index:
/// one thread writes, any threads read. Thread: any (locked).
class AudioRing {
 public:
  static constexpr int64_t kSamples = 5 * int64_t{48'000};  ///< The capacity.

  AudioRing();

  /// Drops all samples; the next put() begins at sample `first`.
  void begin_at(int64_t first);
  /// Appends samples; the oldest ones are overwritten.
  void put(std::span<const float> samples);
  /// The oldest sample that is kept; end() if there is none.
  int64_t begin() const;
  /// The sample that the next put() begins at.
  int64_t end() const;

  /// Fills `samples` (left, right, left …) with sample `first` and the following ones. Waits at
  /// most `patience` for samples that are less than a second ahead; missing samples are silent.
  /// Returns the number of missing samples.
  int64_t read(int64_t first, std::span<float> samples, base::Duration patience) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<float> kept_;
  int64_t begin_ = 0;
  int64_t end_ = 0;
};

}  // namespace layercast::media
