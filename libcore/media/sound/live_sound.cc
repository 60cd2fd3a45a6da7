#include "media/sound/live_sound.h"

#include "base/check.h"
#include "media/sound/audio_source.h"

#include <algorithm>
#include <cmath>

namespace layercast::media {
namespace {

constexpr int64_t kKeptMax = 4 * kAudioRate;        // per channel
constexpr int64_t kFirstWaiting = kAudioRate / 10;  // the samples at which a new listener begins
// A smaller deviation of a time stamp is no gap.
constexpr std::chrono::milliseconds kGap{40};

std::chrono::nanoseconds time_of(int64_t samples) {
  return std::chrono::nanoseconds(samples * 1'000'000'000 / kAudioRate);
}

}  // namespace

int64_t LiveSound::Block::end() const {
  return first + static_cast<int64_t>(samples.size()) / kAudioChannels;
}

void LiveSound::put(std::span<const float> samples, Clock::time_point due) {
  LAYERCAST_CHECK(samples.size() % kAudioChannels == 0);
  if (samples.empty()) return;
  const std::lock_guard lock(mutex_);
  blocks_.push_back({next_, due, {samples.begin(), samples.end()}});
  next_ = blocks_.back().end();
  while (blocks_.size() > 1 && next_ - blocks_.front().first > kKeptMax) blocks_.pop_front();
}

// The next sample for `position`: those before it may have been dropped.
int64_t LiveSound::begin_of(const Position& position) const {
  const int64_t oldest = blocks_.empty() ? next_ : blocks_.front().first;
  const int64_t wanted = position.next < 0 ? next_ - kFirstWaiting : position.next;
  return std::max(oldest, wanted);
}

LiveSound::Taken LiveSound::take(Position& position, std::span<float> samples) const {
  const std::lock_guard lock(mutex_);
  Taken taken;
  if (blocks_.empty()) return taken;
  position.next = begin_of(position);
  Clock::time_point expected;
  for (const Block& block : blocks_) {
    if (block.end() <= position.next) continue;
    const int64_t skipped = position.next - block.first;
    const Clock::time_point due = block.due + time_of(skipped);
    if (taken.samples == 0) taken.due = due;
    if (taken.samples > 0 && std::chrono::abs(due - expected) > kGap) break;
    const size_t filled = taken.samples * kAudioChannels;
    const size_t count =
        std::min(samples.size() / kAudioChannels * kAudioChannels - filled,
                 block.samples.size() - static_cast<size_t>(skipped) * kAudioChannels);
    std::copy_n(block.samples.begin() + static_cast<ptrdiff_t>(skipped) * kAudioChannels, count,
                samples.begin() + static_cast<ptrdiff_t>(filled));
    taken.samples += count / kAudioChannels;
    position.next += static_cast<int64_t>(count) / kAudioChannels;
    expected = due + time_of(static_cast<int64_t>(count) / kAudioChannels);
    if (position.next < block.end()) break;
  }
  return taken;
}

int64_t LiveSound::waiting(const Position& position) const {
  const std::lock_guard lock(mutex_);
  return next_ - begin_of(position);
}

}  // namespace layercast::media
