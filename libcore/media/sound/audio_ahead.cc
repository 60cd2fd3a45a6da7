#include "media/sound/audio_ahead.h"

#include "base/thread_name.h"
#include "base/thread_urgency.h"
#include "media/sound/audio_source.h"
#include "sandbox/helper.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

constexpr int64_t kAhead = kAudioRate;
constexpr int64_t kBlock = 2400;
// Across a larger gap than this, the thread jumps to the wanted sample instead of reading up to it.
constexpr int64_t kGapMax = kAudioRate / 2;
constexpr std::chrono::seconds kRetry{5};

void fade_in(std::span<float> samples) {
  for (size_t i = 0; i < samples.size(); ++i) {
    samples[i] *= static_cast<float>(i / kAudioChannels * kAudioChannels) /
                  static_cast<float>(samples.size());
  }
}

}  // namespace

AudioAhead::AudioAhead(Opener open, Listener on_failure, Length length)
    : open_(std::move(open)), on_failure_(std::move(on_failure)), length_wish_(length) {
  thread_ = base::named_thread("sound-reader", [this] { run(); });
}

AudioAhead::~AudioAhead() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void AudioAhead::read(int64_t first, std::span<float> samples) {
  const bool is_missing = ring_.read(first, samples, base::Duration::zero()) > 0;
  // The first samples after missing ones fade in, so that they do not click.
  if (std::exchange(was_missing_, is_missing) && !is_missing) fade_in(samples);
  want(first + static_cast<int64_t>(samples.size()) / kAudioChannels);
}

void AudioAhead::want(int64_t first) {
  {
    const std::lock_guard lock(mutex_);
    wanted_ = std::max<int64_t>(0, first);
  }
  changed_.notify_one();
}

std::optional<int64_t> AudioAhead::length() {
  const std::lock_guard lock(mutex_);
  return length_;
}

void AudioAhead::run() {
  const sandbox::Cancellation cancellation([this] {
    const std::lock_guard lock(mutex_);
    return stops_;
  });
  base::set_urgency(base::Urgency::kEncoding);
  const std::unique_ptr<AudioFeed> feed = open();
  if (feed != nullptr) read_ahead(*feed);
}

std::optional<base::Error> AudioAhead::failure() {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void AudioAhead::note_failure(std::optional<base::Error> failure) {
  const std::lock_guard lock(mutex_);
  failure_ = std::move(failure);
}

// Waits before the next attempt; returns false when the thread must end.
bool AudioAhead::pause() {
  std::unique_lock lock(mutex_);
  return !changed_.wait_for(lock, kRetry, [this] { return stops_; });
}

std::unique_ptr<AudioFeed> AudioAhead::open() {
  bool is_told = false;
  do {
    auto feed = open_();
    if (sandbox::Cancellation::is_requested())
      return nullptr;  // an error would not be the source's
    note_failure(feed ? std::nullopt : std::optional(feed.error()));
    if (feed) return std::move(feed).value();
    if (!std::exchange(is_told, true)) on_failure_(feed.error());
  } while (pause());
  return nullptr;
}

// Waits until samples outside `begin` to `end` are needed. Returns the first wanted sample; nullopt
// when the thread must end.
std::optional<int64_t> AudioAhead::wait_for_work(int64_t begin, int64_t end) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stops_ || wanted_ < begin || wanted_ + kAhead > end; });
  return stops_ ? std::nullopt : std::optional(wanted_);
}

void AudioAhead::read_ahead(AudioFeed& feed) {
  if (length_wish_ == Length::kIsNeeded) {
    const auto length = feed.length();
    const std::lock_guard lock(mutex_);
    length_ = length;
  }
  std::vector<float> block(static_cast<size_t>(kBlock) * kAudioChannels);
  int64_t begin = 0;
  int64_t end = 0;
  while (const auto wanted = wait_for_work(begin, end)) {
    if (*wanted < begin || *wanted > end + kGapMax) {
      begin = end = *wanted;
      ring_.begin_at(end);
    }
    feed.read(end, block);
    ring_.put(block);
    end += kBlock;
    begin = std::max(begin, end - AudioRing::kSamples);
  }
}

}  // namespace layercast::media
