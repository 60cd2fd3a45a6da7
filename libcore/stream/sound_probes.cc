#include "stream/sound_probes.h"

#include "base/floor_division.h"
#include "media/sound/audio_source.h"
#include "media/sound/sound_analysis.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

namespace layercast::stream {
namespace {

using content::SoundExtent;
using content::SoundLevels;

constexpr int64_t kStepSamples =
    media::kAudioRate * content::SoundProbe::kStep / std::chrono::seconds(1);
// What lies after the instant of a step. The live mixer is further ahead of the frames than this.
constexpr int64_t kAhead = media::kLevelWindow / 2;

class Probe final : public content::SoundProbe {
 public:
  explicit Probe(std::unique_ptr<MixedSamples> samples) : samples_(std::move(samples)) {}

  int64_t oldest() override {
    return base::floor_divided(samples_->begin() - kAhead, kStepSamples).quotient;
  }
  int64_t newest(int64_t step) override {
    return std::min(step, base::floor_divided(samples_->end() - kAhead, kStepSamples).quotient);
  }

  SoundLevels levels(int64_t step) override {
    const media::SoundLevel level = media::level_of(window(step, media::kLevelWindow));
    return {level.left, level.right, level.rms};
  }

  void spectrum(int64_t step, std::span<float> bands) override {
    if (!spectrum_ || spectrum_->bands() != bands.size()) spectrum_.emplace(bands.size());
    spectrum_->measure(window(step, media::kSpectrumWindow), bands);
  }

  void waveform(int64_t step, std::span<SoundExtent> columns) override {
    extents_.resize(columns.size());
    media::measure_waveform(window(step, media::kSpectrumWindow), extents_);
    std::ranges::transform(extents_, columns.begin(), [](const media::WaveExtent& extent) {
      return SoundExtent{extent.low, extent.high};
    });
  }

 private:
  // The samples of a step, which end kAhead after its instant.
  std::span<const float> window(int64_t step, int64_t length) {
    heard_.resize(static_cast<size_t>(length) * media::kAudioChannels);
    samples_->read(step * kStepSamples + kAhead - length, heard_);
    return heard_;
  }

  std::unique_ptr<MixedSamples> samples_;
  std::optional<media::SpectrumAnalysis> spectrum_;
  std::vector<float> heard_;
  std::vector<media::WaveExtent> extents_;
};

}  // namespace

std::unique_ptr<content::SoundProbe> probe_of(std::unique_ptr<MixedSamples> samples) {
  return std::make_unique<Probe>(std::move(samples));
}

}  // namespace layercast::stream
