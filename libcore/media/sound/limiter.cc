#include "media/sound/limiter.h"

#include <algorithm>
#include <cmath>

namespace layercast::media {
namespace {

// A full attenuation.
constexpr int64_t kOne = int64_t{1} << 30;
// The recovery with each sample: a full attenuation takes 250 ms.
constexpr int64_t kRelease = kOne / 12'000 + 1;

// The attenuation that limits a sample to full scale, rounded up.
int64_t needed(float peak) {
  if (!(peak > 1)) return 0;
  return static_cast<int64_t>(std::ceil((1 - 1 / double{peak}) * static_cast<double>(kOne)));
}

}  // namespace

// The attenuation of the next output sample: the mean, over the kDelay samples up to it, of the
// greatest attenuation needed in the kDelay samples that follow each of those. A peak is in all of
// these windows, so the mean is at least the attenuation that it needs.
int64_t Limiter::envelope_of(float peak) {
  released_ = std::max(needed(peak), released_ - kRelease);
  while (!greatest_.empty() && greatest_.back().second <= released_) greatest_.pop_back();
  if (released_ > 0) greatest_.emplace_back(place_, released_);
  while (!greatest_.empty() && greatest_.front().first < place_ - kDelay) greatest_.pop_front();
  const int64_t greatest = greatest_.empty() ? 0 : greatest_.front().second;
  window_sum_ += greatest - window_[at_];
  window_[at_] = greatest;
  return window_sum_;
}

void Limiter::process(std::span<float> samples) {
  for (size_t i = 0; i + 1 < samples.size(); i += 2) {
    float& left = samples[i];
    float& right = samples[i + 1];
    // Replaces NaN and infinity, which would spread.
    if (!std::isfinite(left)) left = 0;
    if (!std::isfinite(right)) right = 0;
    const int64_t sum = envelope_of(std::max(std::fabs(left), std::fabs(right)));
    std::swap(left, delayed_[2 * at_]);
    std::swap(right, delayed_[2 * at_ + 1]);
    at_ = (at_ + 1) % static_cast<size_t>(kDelay);
    ++place_;
    if (sum == 0) continue;
    ++limited_;
    const auto gain =
        static_cast<float>(1 - static_cast<double>(sum) / static_cast<double>(kOne * kDelay));
    // The product may exceed 1 by a rounding error.
    left = std::clamp(left * gain, -1.0F, 1.0F);
    right = std::clamp(right * gain, -1.0F, 1.0F);
  }
}

}  // namespace layercast::media
