#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

/// Measures sound: stereo samples (left, right, left …) at kAudioRate; full scale is 1.
namespace layercast::media {

/// The samples per channel that level_of() measures, half before its instant and half after it.
inline constexpr int64_t kLevelWindow = 2048;
/// Those of a spectrum and a waveform, which end with those of the level.
inline constexpr int64_t kSpectrumWindow = 4096;
inline constexpr double kLowestBand = 40;       ///< Hz, the lower end of the first band
inline constexpr double kHighestBand = 16'000;  ///< Hz, the upper end of the last band

/// The amplitudes of some samples.
struct SoundLevel {
  float left = 0;   ///< peak
  float right = 0;  ///< peak
  float rms = 0;    ///< root of the mean square of both channels
};
SoundLevel level_of(std::span<const float> samples);

/// The lowest and the highest sample of a part of a waveform.
struct WaveExtent {
  float low = 0;
  float high = 0;
};

/// The mean of both channels in `columns.size()` parts of equal length, over kLevelWindow samples
/// that begin with a rising zero crossing: the last one that leaves that many; without any, the
/// last samples. Each part includes the first sample of the next one. `samples`: kSpectrumWindow.
void measure_waveform(std::span<const float> samples, std::span<WaveExtent> columns);

/// The spectrum in bands of equal ratio from kLowestBand to kHighestBand. Exact: the same on every
/// machine; a sine wave with the frequency of a bin (a multiple of 11.7 Hz) has its amplitude to
/// 0.01 dB, any other at most 1.5 dB less.
/// Source: discrete Fourier transform with a Hann window (libavutil's av_tx, in double precision,
/// which has no SIMD variants).
/// Thread: one at a time.
class SpectrumAnalysis {
 public:
  /// Range: bands at least 1.
  explicit SpectrumAnalysis(size_t bands);
  ~SpectrumAnalysis();

  size_t bands() const { return bands_.size(); }

  /// Writes the highest amplitude of each band, of the louder channel, to `amplitudes`. Allocates
  /// nothing. `samples`: kSpectrumWindow. Shape: bands() amplitudes.
  void measure(std::span<const float> samples, std::span<float> amplitudes);

 private:
  // The bins of a band. A band that is narrower than a bin is interpolated at its centre.
  struct Band {
    int first = 0;
    int last = 0;       ///< first > last: none
    double centre = 0;  ///< in bins
  };
  class Transform;

  float amplitude_of(const Band& band) const;

  std::unique_ptr<Transform> transform_;
  std::vector<Band> bands_;
  std::vector<double> window_;
  std::vector<double> amplitudes_;  ///< of the bins
};

}  // namespace layercast::media
