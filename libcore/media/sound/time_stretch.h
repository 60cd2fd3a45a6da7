#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace layercast::media {

/// Plays sound faster or slower without changing its pitch. Output sample k corresponds to input
/// sample k × rate on average: each piece of 40 ms may be up to 15 ms off, where it best continues
/// the previous one. The output depends only on the input since the beginning.
/// Thread: one at a time.
/// Source: W. Verhelst, M. Roelands, "An overlap-add technique based on waveform similarity
/// (WSOLA)", ICASSP 1993.
class TimeStretch {
 public:
  /// Fills `samples` with the next input.
  using Pull = std::function<void(std::span<float> samples)>;

  /// `rate`: input samples per output sample. Range: 1/16 to 16.
  TimeStretch(double rate, Pull pull);

  /// Fills `samples` (left, right, left …) with the next output.
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
  int64_t piece_ = 0;         ///< the number of pieces so far
  int64_t continuation_ = 0;  ///< place of the continuation of the last piece
  std::vector<float> ready_;
  size_t given_ = 0;
};

}  // namespace layercast::media
