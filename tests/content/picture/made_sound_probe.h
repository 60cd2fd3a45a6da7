#pragma once

#include "content/picture/sound_probe.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <span>
#include <utility>

namespace layercast::content {

/// A probe of a sound whose amplitude at each step is `amplitude`; the right channel has half of
/// it. In a spectrum, each band has half of the band before it; a waveform lies between minus half
/// of it and it.
class MadeProbe final : public SoundProbe {
 public:
  explicit MadeProbe(std::function<float(int64_t step)> amplitude, int64_t end = INT64_MAX,
                     int64_t oldest = INT64_MIN / 2)
      : amplitude_(std::move(amplitude)), end_(end), oldest_(oldest) {}

  int measured = 0;  ///< levels and spectra so far

  int64_t oldest() override { return oldest_; }
  int64_t newest(int64_t step) override { return std::min(step, end_); }
  SoundLevels levels(int64_t step) override {
    ++measured;
    const float amplitude = amplitude_(step);
    return {amplitude, amplitude / 2, amplitude};
  }
  void spectrum(int64_t step, std::span<float> bands) override {
    ++measured;
    float amplitude = amplitude_(step);
    for (float& band : bands) {
      band = amplitude;
      amplitude /= 2;
    }
  }
  void waveform(int64_t step, std::span<SoundExtent> columns) override {
    std::ranges::fill(columns, SoundExtent{-amplitude_(step) / 2, amplitude_(step)});
  }

 private:
  std::function<float(int64_t)> amplitude_;
  int64_t end_;
  int64_t oldest_;
};

}  // namespace layercast::content
