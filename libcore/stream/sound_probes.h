#pragma once

#include "content/picture/sound_probe.h"

#include <cstdint>
#include <memory>
#include <span>

namespace layercast::stream {

/// The samples of one sound of a mix, by index: sample k belongs to stream time k ÷ 48 000 s.
class MixedSamples {
 public:
  MixedSamples() = default;
  virtual ~MixedSamples() = default;
  MixedSamples(const MixedSamples&) = delete;
  MixedSamples& operator=(const MixedSamples&) = delete;

  /// The sample before which read() has only silence.
  virtual int64_t begin() const = 0;
  /// The sample up to which read() has sound.
  virtual int64_t end() const = 0;
  /// Fills `samples` (left, right, left …) with sample `first` and the following ones; missing ones
  /// are silent. Does not wait.
  virtual void read(int64_t first, std::span<float> samples) = 0;
};

/// A probe of these samples.
std::unique_ptr<content::SoundProbe> probe_of(std::unique_ptr<MixedSamples> samples);

}  // namespace layercast::stream
