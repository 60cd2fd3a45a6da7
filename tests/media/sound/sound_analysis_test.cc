#include "media/sound/sound_analysis.h"

#include "media/sound/audio_source.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <gtest/gtest.h>
#include <numbers>
#include <vector>

namespace layercast::media {
namespace {

// A window of a sine wave from sample `first` on; the right channel has its own amplitude.
std::vector<float> sine(double hertz, double left, double right, double first = 0,
                        int64_t count = kSpectrumWindow) {
  std::vector<float> samples;
  for (int64_t i = 0; i < count; ++i) {
    const double value =
        std::sin(2 * std::numbers::pi * hertz * (first + static_cast<double>(i)) / kAudioRate);
    samples.push_back(static_cast<float>(left * value));
    samples.push_back(static_cast<float>(right * value));
  }
  return samples;
}

double decibels(float amplitude) { return 20 * std::log10(double{amplitude}); }

// The band that contains the frequency.
size_t band_of(double hertz, size_t bands) {
  const double place = std::log(hertz / kLowestBand) / std::log(kHighestBand / kLowestBand);
  return static_cast<size_t>(place * static_cast<double>(bands));
}

TEST(SoundLevel, IsThePeakOfEachChannelAndTheRmsOfBoth) {
  // 1500 Hz: whole periods of 32 samples, with a sample on each crest.
  const SoundLevel level = level_of(sine(1500, 0.5, -0.25, 0, 2048));
  EXPECT_NEAR(level.left, 0.5, 1e-6);
  EXPECT_NEAR(level.right, 0.25, 1e-6);
  EXPECT_NEAR(level.rms, std::sqrt((0.25 + 0.0625) / 4), 1e-6);
  EXPECT_EQ(level_of({}).rms, 0);
}

TEST(Spectrum, ASineHasItsAmplitudeInItsBandOnly) {
  constexpr size_t kBands = 32;
  SpectrumAnalysis analysis(kBands);
  std::array<float, kBands> bands{};
  analysis.measure(sine(1500, 0.1, 0.01), bands);  // the louder channel
  const size_t own = band_of(1500, kBands);
  EXPECT_NEAR(decibels(bands[own]), -20, 0.01);
  for (size_t i = 0; i < kBands; ++i) {
    const bool is_far = i + 1 < own || i > own + 1;
    if (is_far) {
      EXPECT_LT(decibels(bands[i] + 1e-9F), -100) << i;
    }
  }
  // Out of phase: the sum of the channels would be silent.
  analysis.measure(sine(1500, 0.1, -0.1), bands);
  EXPECT_NEAR(decibels(bands[own]), -20, 0.01);
}

TEST(Spectrum, AnyFrequencyIsAtMostOneAndAHalfDecibelsTooLow) {
  constexpr size_t kBands = 24;
  SpectrumAnalysis analysis(kBands);
  std::array<float, kBands> bands{};
  for (double hertz = 50; hertz < 15'500; hertz *= 1.07) {
    analysis.measure(sine(hertz, 0.5, 0.5, 777), bands);
    const float highest = *std::ranges::max_element(bands);
    EXPECT_LT(decibels(highest), decibels(0.5F) + 0.1) << hertz;
    EXPECT_GT(decibels(highest), decibels(0.5F) - 1.55) << hertz;
  }
}

TEST(Spectrum, OfSilenceIsSilent) {
  SpectrumAnalysis analysis(256);
  EXPECT_EQ(analysis.bands(), 256U);
  std::vector<float> bands(256, 1);
  analysis.measure(std::vector<float>(size_t{kSpectrumWindow} * 2), bands);
  EXPECT_EQ(std::ranges::count(bands, 0.0F), 256);
}

TEST(Waveform, AToneStandsStillWhereverItsWindowBegins) {
  // A period is 128 samples, so a column is a quarter of it. No sample is exactly 0.
  const double lowest = 0.5 * std::sin(2 * std::numbers::pi * 0.5 / 128);
  std::vector<WaveExtent> first(64);
  measure_waveform(sine(375, 0.5, 0.5, 0.5), first);
  EXPECT_NEAR(first[0].high, 0.5, 0.001);
  EXPECT_NEAR(first[0].low, lowest, 1e-4);
  EXPECT_NEAR(first[2].low, -0.5, 0.001);
  EXPECT_NEAR(first[2].high, -lowest, 1e-4);
  for (const double begin : {1.5, 50.5, 127.5}) {
    std::vector<WaveExtent> later(64);
    measure_waveform(sine(375, 0.5, 0.5, begin), later);
    for (size_t i = 0; i < later.size(); ++i) {
      ASSERT_NEAR(later[i].high, first[i].high, 1e-4) << begin << " " << i;
      ASSERT_NEAR(later[i].low, first[i].low, 1e-4) << begin << " " << i;
    }
  }
}

TEST(Waveform, ColumnsJoin) {
  std::vector<WaveExtent> columns(256);
  measure_waveform(sine(997, 0.8, 0.2), columns);
  for (size_t i = 1; i < columns.size(); ++i) {
    EXPECT_LE(columns[i].low, columns[i - 1].high);
    EXPECT_GE(columns[i].high, columns[i - 1].low);
  }
  EXPECT_NEAR(std::ranges::max(columns, {}, &WaveExtent::high).high, 0.5, 0.01);
}

}  // namespace
}  // namespace layercast::media
