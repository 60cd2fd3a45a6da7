#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace layercast::media {

/// Keeps stereo sound at or below full scale (0 dBFS) by looking ahead: attenuates both channels
/// smoothly over the 5 ms before a peak, and recovers within a quarter of a second after it.
/// Transparent: samples below full scale that are further than that from a peak pass bit for bit.
/// Exact: an output sample depends on at most kMemory samples before it and kDelay after it; the
/// envelope is made of integers, so that the output does not depend on where processing began.
/// Thread: one at a time.
class Limiter {
 public:
  static constexpr int64_t kDelay = 240;  ///< The delay of the output, in samples.
  static constexpr int64_t kMemory = 12'480;

  /// Replaces `samples` (left, right, left …) by the limited input of kDelay samples earlier;
  /// silence at first.
  void process(std::span<float> samples);

  /// The number of samples attenuated so far.
  int64_t limited() const { return limited_; }

 private:
  int64_t envelope_of(float peak);

  /// The attenuation that the last sample needs or still has after a louder one, in parts of kOne.
  int64_t released_ = 0;
  std::deque<std::pair<int64_t, int64_t>> greatest_;  ///< place and attenuation, descending
  std::vector<int64_t> window_ = std::vector<int64_t>(kDelay, 0);
  int64_t window_sum_ = 0;
  std::vector<float> delayed_ = std::vector<float>(size_t{kDelay} * 2, 0.0F);
  size_t at_ = 0;      ///< in window_ and delayed_
  int64_t place_ = 0;  ///< of the next input sample
  int64_t limited_ = 0;
};

}  // namespace layercast::media
