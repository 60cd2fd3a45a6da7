#pragma once

#include "base/time.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

namespace layercast::content {

/// Amplitudes of a sound; full scale is 1.
struct SoundLevels {
  float left = 0;   ///< peak of the left channel
  float right = 0;  ///< peak of the right channel
  float rms = 0;    ///< of both channels
  bool operator==(const SoundLevels&) const = default;
};

/// The lowest and the highest sample of a part of a waveform; full scale is 1.
struct SoundExtent {
  float low = 0;
  float high = 0;
};

/// Measures one sound of the mix, in steps: step k belongs to stream time k × kStep.
/// Pure: a result depends only on the samples around its step. Allocates nothing after the first
/// call of each function. Never waits for samples.
/// Thread: one at a time.
class SoundProbe {
 public:
  static constexpr base::Duration kStep = std::chrono::milliseconds(10);

  SoundProbe() = default;
  virtual ~SoundProbe() = default;
  SoundProbe(const SoundProbe&) = delete;
  SoundProbe& operator=(const SoundProbe&) = delete;

  /// A step before which all steps are silent: live, the probe has kept nothing older.
  virtual int64_t oldest() = 0;
  /// The newest step up to `step` whose samples exist: live, the mixer may be late.
  virtual int64_t newest(int64_t step) = 0;

  /// The levels of the 43 ms around the step.
  virtual SoundLevels levels(int64_t step) = 0;
  /// The peak amplitude in each of `bands.size()` bands of equal ratio from 40 Hz to 16 kHz, of the
  /// louder channel: a sine wave has its own amplitude. Measured over 85 ms.
  virtual void spectrum(int64_t step, std::span<float> bands) = 0;
  /// The mean of both channels over 43 ms, in `columns.size()` parts. It begins with a rising
  /// zero crossing, if there is one, so that the picture of a steady tone does not move.
  virtual void waveform(int64_t step, std::span<SoundExtent> columns) = 0;
};

/// Opens a probe of the sound with a name (scene/model/sound_names.h); a sound that does not exist
/// is silent. Thread: any.
using ProbeOpener = std::function<std::unique_ptr<SoundProbe>(const std::string& of)>;

/// The step at which the frame of a layer's time is measured. `time`: since the layer's start;
/// `start`: the stream time of that.
int64_t step_at(const base::SceneTime& time, base::Duration start);

}  // namespace layercast::content
