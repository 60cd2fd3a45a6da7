#include "content/picture/meter_values.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace layercast::content {
namespace {

using scene::MeterStyle;

constexpr int kSpectrumBands = 32;
constexpr int kWaveformColumns = 64;

int32_t rounded(double value) {
  constexpr double kFull = MeterValues::kFull;
  return static_cast<int32_t>(std::floor(std::clamp(value, -1.0, 1.0) * kFull + 0.5));
}

}  // namespace

int count_of_values(const scene::MeterContent& meter) {
  switch (meter.style) {
    case MeterStyle::kBars:
      return 2;
    case MeterStyle::kSpectrum:
      return meter.bands.value_or(kSpectrumBands);
    case MeterStyle::kWaveform:
      return meter.bands.value_or(kWaveformColumns);
    case MeterStyle::kRing:
      break;
  }
  return 1;
}

MeterValues::MeterValues(const scene::MeterContent& meter, std::unique_ptr<SoundProbe> probe)
    : style_(meter.style),
      range_(meter.range),
      probe_(std::move(probe)),
      values_(static_cast<size_t>(count_of_values(meter))) {
  if (style_ == MeterStyle::kSpectrum) bands_.resize(values_.size());
  if (style_ == MeterStyle::kWaveform) extents_.resize(values_.size());
  if (meter.smoothing > SoundProbe::kStep) {
    const int64_t steps = meter.smoothing / SoundProbe::kStep;
    fall_ = static_cast<int32_t>(kFull / steps);
    fall_steps_ = (kFull + fall_ - 1) / fall_;
  }
}

std::span<const MeterValue> MeterValues::at(int64_t step) {
  if (probe_ == nullptr) return values_;
  const int64_t target = probe_->newest(step);
  if (style_ == MeterStyle::kWaveform) {
    if (!has_any_ || step_ != target) measure_waveform(target);
  } else {
    const bool continues = has_any_ && target >= step_ && target - step_ < fall_steps_;
    if (!continues) {
      std::ranges::fill(values_, MeterValue{});
      step_ = std::max(target - fall_steps_, std::min(target, probe_->oldest()) - 1);
    }
    while (step_ < target) measure(++step_);
  }
  has_any_ = true;
  step_ = target;
  return values_;
}

void MeterValues::measure(int64_t step) {
  for (MeterValue& value : values_) value.high = std::max(0, value.high - fall_);
  if (style_ == MeterStyle::kSpectrum) {
    probe_->spectrum(step, bands_);
    for (size_t i = 0; i < bands_.size(); ++i) rise_to(i, bands_[i]);
    return;
  }
  const SoundLevels levels = probe_->levels(step);
  if (style_ == MeterStyle::kBars) {
    rise_to(0, levels.left);
    rise_to(1, levels.right);
  } else {
    rise_to(0, std::max(levels.left, levels.right));
  }
}

void MeterValues::measure_waveform(int64_t step) {
  probe_->waveform(step, extents_);
  const double full = std::pow(10, range_.high / 20);
  std::ranges::transform(extents_, values_.begin(), [&](const SoundExtent& extent) {
    return MeterValue{rounded(extent.low / full), rounded(extent.high / full)};
  });
}

void MeterValues::rise_to(size_t place, float amplitude) {
  values_[place].high = std::max(values_[place].high, on_scale(amplitude));
}

int32_t MeterValues::on_scale(double amplitude) const {
  if (!(amplitude > 0)) return 0;
  const double level = 20 * std::log10(amplitude);
  return std::max(0, rounded((level - range_.low) / (range_.high - range_.low)));
}

}  // namespace layercast::content
