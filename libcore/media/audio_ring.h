#pragma once

#include "base/time.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <span>
#include <vector>

namespace layercast::media {

/// The newest seconds of sound by their place, from one thread that makes it to any that need it:
/// stereo at kAudioRate. Thread: any (locked).
class AudioRing {
 public:
  static constexpr int64_t kSamples = 5 * int64_t{48'000};  ///< That are kept.

  AudioRing();

  /// Forgets everything; the next put() is for place `first`.
  void begin_at(int64_t first);
  /// Adds what follows; the oldest gives way.
  void put(std::span<const float> samples);
  /// Of what is put next.
  int64_t end() const;

  /// Fills `samples` (left, right, left …) with what is at `first` and on. Waits for what is about
  /// to come, at most `patience`; what is not there is silent. The number of samples that were not.
  int64_t read(int64_t first, std::span<float> samples, base::Duration patience) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<float> kept_;
  int64_t begin_ = 0;
  int64_t end_ = 0;
};

}  // namespace layercast::media
