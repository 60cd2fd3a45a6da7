#pragma once

#include "content/picture/sound_probe.h"
#include "scene/model/scene.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace layercast::content {

/// What a meter shows, on its scale: 0 is empty, kFull is full. For a waveform, the lowest and the
/// highest sample of each column, from -kFull to kFull; for others `low` is 0.
struct MeterValue {
  int32_t low = 0;
  int32_t high = 0;
};

/// How many values the meter has: left and right of bars, the columns of a spectrum or a waveform,
/// or the one of a ring.
int count_of_values(const scene::MeterContent& meter);

/// The values of a meter from step to step. They rise at once and fall by a constant amount in each
/// step: a value is the maximum, over the last `smoothing`, of what was measured minus the fall
/// since then.
/// Exact: a function of the sound in that time, whatever was shown before. Allocates nothing after
/// the first call.
/// Thread: one at a time.
class MeterValues {
 public:
  static constexpr int32_t kFull = 1 << 16;

  /// `probe`: null for silence.
  MeterValues(const scene::MeterContent& meter, std::unique_ptr<SoundProbe> probe);

  /// The values at the step, or at the newest one before it that can be measured. Valid until the
  /// next call.
  std::span<const MeterValue> at(int64_t step);

 private:
  void measure(int64_t step);
  void measure_waveform(int64_t step);
  void rise_to(size_t place, float amplitude);
  int32_t on_scale(double amplitude) const;

  const scene::MeterStyle style_;
  const scene::LevelRange range_;
  const std::unique_ptr<SoundProbe> probe_;
  int32_t fall_ = kFull;    ///< in a step
  int64_t fall_steps_ = 1;  ///< from full to empty
  int64_t step_ = 0;        ///< of `values_`
  bool has_any_ = false;
  std::vector<MeterValue> values_;
  std::vector<float> bands_;
  std::vector<SoundExtent> extents_;
};

}  // namespace layercast::content
