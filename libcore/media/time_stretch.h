#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace layercast::media {

/// Sound played faster or slower at the pitch it has. Sample k of what comes out stands for sample
/// k × rate of what goes in, on the whole: each piece of 40 ms lies up to 15 ms off that, where it
/// continues the one before best. What comes out depends on nothing but what went in since the
/// beginning. Thread: one at a time.
/// Source: W. Verhelst, M. Roelands, "An overlap-add technique based on waveform similarity
/// (WSOLA)", ICASSP 1993.
class TimeStretch {
 public:
  /// Fills the samples with what comes next of the sound that is stretched.
  using Pull = std::function<void(std::span<float> samples)>;

  /// `rate`: samples that are used for each that comes out. Range: 1/16 to 16.
  TimeStretch(double rate, Pull pull);

  /// Fills `samples` (left, right, left …) with what comes next.
  void read(std::span<float> samples);

 private:
  void need_until(int64_t place);
  int64_t best_place(int64_t ideal) const;
  double likeness(int64_t place, int step) const;
  void add_piece();
  const float* at(int64_t place) const;

  double rate_;
  Pull pull_;
  std::vector<float> source_;  ///< from source_first_ on
  int64_t source_first_ = 0;
  int64_t piece_ = 0;         ///< how many there were
  int64_t continuation_ = 0;  ///< place at which the last piece would go on
  std::vector<float> ready_;
  size_t given_ = 0;
};

}  // namespace layercast::media
