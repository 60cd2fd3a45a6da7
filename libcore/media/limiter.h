#pragma once

#include <cstdint>
#include <deque>
#include <span>
#include <utility>
#include <vector>

namespace layercast::media {

/// Keeps stereo sound at or below full scale (0 dBFS), looking ahead: what is louder is turned down
/// smoothly over the 5 ms before it, both sides alike, and comes back within a quarter of a second.
/// Transparent: what stays below, and is further than that from what does not, comes out bit for
/// bit as it went in.
/// Exact: a sample that comes out depends on no more than kMemory samples before it and kDelay
/// after it; the envelope is made of whole numbers, so that it does not matter where one began.
/// Thread: one at a time.
class Limiter {
 public:
  static constexpr int64_t kDelay = 240;  ///< Samples that come out later than they go in.
  static constexpr int64_t kMemory = 12'480;

  /// Replaces `samples` (left, right, left …) by what went in kDelay samples earlier, limited;
  /// silence at first.
  void process(std::span<float> samples);

  /// Samples that were turned down so far.
  int64_t limited() const { return limited_; }

 private:
  int64_t envelope_of(float peak);

  /// Attenuations in parts of kOne: what each sample needs, and still needs after a louder one.
  int64_t released_ = 0;
  std::deque<std::pair<int64_t, int64_t>> greatest_;  ///< place and value, falling
  std::vector<int64_t> window_ = std::vector<int64_t>(kDelay, 0);
  int64_t window_sum_ = 0;
  std::vector<float> delayed_ = std::vector<float>(size_t{kDelay} * 2, 0.0F);
  size_t at_ = 0;      ///< in window_ and delayed_
  int64_t place_ = 0;  ///< of the sample that goes in next
  int64_t limited_ = 0;
};

}  // namespace layercast::media
