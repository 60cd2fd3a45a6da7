#include "media/sound/sound_analysis.h"

#include "base/check.h"
#include "media/sound/audio_source.h"

extern "C" {
#include <libavutil/mem.h>
#include <libavutil/tx.h>
}

#include <algorithm>
#include <cmath>
#include <numbers>

namespace layercast::media {
namespace {

constexpr size_t kSize = size_t{kSpectrumWindow};
constexpr double kBinWidth = double{kAudioRate} / kSpectrumWindow;  // Hz

float mono(std::span<const float> samples, size_t at) {
  return (samples[2 * at] + samples[2 * at + 1]) / 2;
}

double squared(double number) { return number * number; }

// The first of the samples to show. One more sample follows them, to which the last column reaches.
size_t trigger(std::span<const float> samples) {
  const size_t latest = kSize - size_t{kLevelWindow} - 1;
  for (size_t at = latest; at > 0; --at) {
    if (mono(samples, at - 1) < 0 && mono(samples, at) >= 0) return at;
  }
  return latest;
}

}  // namespace

SoundLevel level_of(std::span<const float> samples) {
  SoundLevel level;
  double squares = 0;
  for (size_t i = 0; i + 1 < samples.size(); i += kAudioChannels) {
    const float left = samples[i];
    const float right = samples[i + 1];
    level.left = std::max(level.left, std::fabs(left));
    level.right = std::max(level.right, std::fabs(right));
    squares += double{left} * left + double{right} * right;
  }
  if (!samples.empty()) {
    level.rms = static_cast<float>(std::sqrt(squares / static_cast<double>(samples.size())));
  }
  return level;
}

void measure_waveform(std::span<const float> samples, std::span<WaveExtent> columns) {
  LAYERCAST_CHECK(samples.size() == kSize * kAudioChannels);
  const size_t first = trigger(samples);
  const auto begin_of = [&](size_t column) {
    return first + column * size_t{kLevelWindow} / columns.size();
  };
  for (size_t column = 0; column < columns.size(); ++column) {
    const size_t last = begin_of(column + 1);
    WaveExtent extent{mono(samples, last), mono(samples, last)};
    for (size_t at = begin_of(column); at < last; ++at) {
      extent.low = std::min(extent.low, mono(samples, at));
      extent.high = std::max(extent.high, mono(samples, at));
    }
    columns[column] = extent;
  }
}

// A complex transform: the left channel is the real part, the right one the imaginary part.
class SpectrumAnalysis::Transform {
 public:
  Transform()
      : in_(static_cast<AVComplexDouble*>(av_calloc(kSize, sizeof(AVComplexDouble)))),
        out_(static_cast<AVComplexDouble*>(av_calloc(kSize, sizeof(AVComplexDouble)))) {
    const double scale = 1;
    const int failed =
        av_tx_init(&context_, &run_, AV_TX_DOUBLE_FFT, 0, static_cast<int>(kSize), &scale, 0);
    LAYERCAST_CHECK(failed >= 0 && in_ != nullptr && out_ != nullptr);
  }
  ~Transform() {
    av_tx_uninit(&context_);
    av_free(in_);
    av_free(out_);
  }
  Transform(const Transform&) = delete;
  Transform& operator=(const Transform&) = delete;

  void run(std::span<const float> samples, std::span<const double> window) {
    for (size_t i = 0; i < kSize; ++i) {
      in_[i] = {samples[2 * i] * window[i], samples[2 * i + 1] * window[i]};
    }
    run_(context_, out_, in_, sizeof(AVComplexDouble));
  }

  // The magnitude of the louder channel at a bin. The spectrum of a real signal is conjugate
  // symmetric, which separates the two.
  double magnitude(size_t bin) const {
    const AVComplexDouble a = out_[bin];
    const AVComplexDouble b = out_[(kSize - bin) % kSize];
    const double left = squared(a.re + b.re) + squared(a.im - b.im);
    const double right = squared(a.im + b.im) + squared(b.re - a.re);
    return std::sqrt(std::max(left, right)) / 2;
  }

 private:
  AVTXContext* context_ = nullptr;
  av_tx_fn run_ = nullptr;
  AVComplexDouble* in_;
  AVComplexDouble* out_;
};

SpectrumAnalysis::SpectrumAnalysis(size_t bands)
    : transform_(std::make_unique<Transform>()), window_(kSize), amplitudes_(kSize / 2) {
  LAYERCAST_CHECK(bands > 0);
  for (size_t i = 0; i < kSize; ++i) {
    const double turn = static_cast<double>(i) / static_cast<double>(kSize);
    window_[i] = 0.5 - 0.5 * std::cos(2 * std::numbers::pi * turn);
  }
  const auto bin_at = [&](double band) {
    const double share = band / static_cast<double>(bands);
    return kLowestBand * std::pow(kHighestBand / kLowestBand, share) / kBinWidth;
  };
  for (size_t i = 0; i < bands; ++i) {
    const auto place = static_cast<double>(i);
    bands_.push_back({static_cast<int>(std::ceil(bin_at(place))),
                      static_cast<int>(std::ceil(bin_at(place + 1))) - 1, bin_at(place + 0.5)});
  }
}

SpectrumAnalysis::~SpectrumAnalysis() = default;

float SpectrumAnalysis::amplitude_of(const Band& band) const {
  double amplitude = 0;
  for (int bin = band.first; bin <= band.last; ++bin) {
    amplitude = std::max(amplitude, amplitudes_[static_cast<size_t>(bin)]);
  }
  if (band.first <= band.last) return static_cast<float>(amplitude);
  const double below = std::floor(band.centre);
  const auto bin = static_cast<size_t>(below);
  const double share = band.centre - below;
  return static_cast<float>(amplitudes_[bin] * (1 - share) + amplitudes_[bin + 1] * share);
}

void SpectrumAnalysis::measure(std::span<const float> samples, std::span<float> amplitudes) {
  LAYERCAST_CHECK(samples.size() == kSize * kAudioChannels && amplitudes.size() == bands_.size());
  transform_->run(samples, window_);
  // Half of the amplitude is at the negative frequency, and the mean of the window is one half.
  for (size_t bin = 0; bin < amplitudes_.size(); ++bin) {
    amplitudes_[bin] = transform_->magnitude(bin) * 4 / static_cast<double>(kSize);
  }
  for (size_t i = 0; i < bands_.size(); ++i) amplitudes[i] = amplitude_of(bands_[i]);
}

}  // namespace layercast::media
