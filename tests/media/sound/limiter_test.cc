#include "media/sound/limiter.h"

#include "gtest/gtest.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

namespace layercast::media {
namespace {

std::vector<float> noise(size_t samples, float peak, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> all(samples * 2);
  for (float& sample : all) {
    sample = peak * (static_cast<float>(random() % 20'001) / 10'000.0F - 1);
  }
  return all;
}

std::vector<float> limited(std::vector<float> samples) {
  samples.resize(samples.size() + Limiter::kDelay * 2, 0.0F);
  Limiter limiter;
  limiter.process(samples);
  samples.erase(samples.begin(), samples.begin() + Limiter::kDelay * 2);
  return samples;
}

TEST(Limiter, WhatIsNotTooLoudComesOutAsItWent) {
  const auto samples = noise(20'000, 1.0F, 1);
  EXPECT_EQ(limited(samples), samples);
}

TEST(Limiter, NothingExceedsFullScale) {
  for (const float peak : {1.0001F, 1.5F, 4.0F, 1e6F, 1e30F}) {
    const auto out = limited(noise(50'000, peak, 2));
    for (const float sample : out) ASSERT_LE(std::fabs(sample), 1.0F) << peak;
  }
}

TEST(Limiter, APeakIsTurnedDownWithWhatIsAroundItAndNothingElse) {
  constexpr size_t kPeak = 20'000;
  std::vector<float> samples(60'000 * 2, 0.25F);
  samples[kPeak * 2] = -4;
  const auto out = limited(samples);
  EXPECT_NEAR(out[kPeak * 2], -1, 1e-6);
  EXPECT_NEAR(out[kPeak * 2 + 1], 0.0625, 1e-6);  // both sides alike
  for (size_t i = 0; i < kPeak - Limiter::kDelay; ++i) ASSERT_EQ(out[i * 2], 0.25F) << i;
  for (size_t i = kPeak + Limiter::kMemory; i < 60'000; ++i) ASSERT_EQ(out[i * 2], 0.25F) << i;
  // It comes and goes without a step.
  for (size_t i = 1; i < 60'000; ++i) {
    ASSERT_LT(std::fabs(out[i * 2 + 1] - out[i * 2 - 1]), 0.002F) << i;
  }
}

TEST(Limiter, ItDoesNotMatterWhereOneBegan) {
  const auto samples = noise(100'000, 2.0F, 3);
  const auto whole = limited(samples);
  constexpr size_t kFrom = 40'000;
  const auto part = limited({samples.begin() + kFrom * 2, samples.end()});
  constexpr size_t kSettled = kFrom + Limiter::kMemory;
  EXPECT_TRUE(
      std::equal(whole.begin() + kSettled * 2, whole.end(), part.begin() + (kSettled - kFrom) * 2));
}

TEST(Limiter, WhatIsNoNumberIsSilence) {
  std::vector<float> samples(2000, 0.5F);
  samples[100] = NAN;
  samples[201] = INFINITY;
  const auto out = limited(samples);
  EXPECT_EQ(out[100], 0);
  EXPECT_EQ(out[201], 0);
  EXPECT_EQ(out[300], 0.5F);
}

}  // namespace
}  // namespace layercast::media
