#include "media/sound/audio_ring.h"

#include "media/sound/audio_source.h"

#include <algorithm>

namespace layercast::media {
namespace {

// read() does not wait for samples further ahead than this.
constexpr int64_t kNear = kAudioRate;

size_t place_in_ring(int64_t place) {
  return static_cast<size_t>(place % AudioRing::kSamples) * kAudioChannels;
}

}  // namespace

AudioRing::AudioRing() : kept_(static_cast<size_t>(kSamples) * kAudioChannels) {}

void AudioRing::begin_at(int64_t first) {
  const std::lock_guard lock(mutex_);
  begin_ = first;
  end_ = first;
}

void AudioRing::put(std::span<const float> samples) {
  {
    const std::lock_guard lock(mutex_);
    for (size_t i = 0; i < samples.size(); i += kAudioChannels) {
      const size_t at = place_in_ring(end_++);
      kept_[at] = samples[i];
      kept_[at + 1] = samples[i + 1];
    }
    begin_ = std::max(begin_, end_ - kSamples);
  }
  changed_.notify_all();
}

int64_t AudioRing::begin() const {
  const std::lock_guard lock(mutex_);
  return begin_;
}

int64_t AudioRing::end() const {
  const std::lock_guard lock(mutex_);
  return end_;
}

int64_t AudioRing::read(int64_t first, std::span<float> samples, base::Duration patience) const {
  const auto count = static_cast<int64_t>(samples.size()) / kAudioChannels;
  std::unique_lock lock(mutex_);
  if (first >= begin_ && first + count - end_ < kNear) {
    changed_.wait_for(lock, patience, [&] { return first + count <= end_; });
  }
  int64_t missing = 0;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t place = first + i;
    const bool is_there = place >= begin_ && place < end_;
    const auto out = static_cast<size_t>(i) * kAudioChannels;
    samples[out] = is_there ? kept_[place_in_ring(place)] : 0;
    samples[out + 1] = is_there ? kept_[place_in_ring(place) + 1] : 0;
    if (!is_there) ++missing;
  }
  return missing;
}

}  // namespace layercast::media
