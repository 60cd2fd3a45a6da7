#pragma once

#include "base/error.h"
#include "media/sound/audio_feed.h"
#include "media/sound/audio_ring.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace layercast::media {

/// A feed whose reads never block: its own thread opens another feed and reads it one second ahead.
/// Samples that have not been read yet are silent. When the feed cannot be opened, the thread
/// retries every 5 seconds. Thread: read() one at a time; the other functions any (locked).
class AudioAhead final : public AudioFeed {
 public:
  /// Whether length() is needed, which may require decoding the whole file first.
  enum class Length : uint8_t { kIsNeeded, kIsNot };
  /// Opens the feed; null when there is no sound. Thread: that of this object.
  using Opener = std::function<base::Result<std::unique_ptr<AudioFeed>>()>;
  /// Called once when the feed cannot be opened. Thread: that of this object.
  using Listener = std::function<void(const base::Error&)>;

  AudioAhead(Opener open, Listener on_failure, Length length);
  /// Blocks until the current open or read has ended.
  ~AudioAhead() override;

  void read(int64_t first, std::span<float> samples) override;
  /// Announces that samples from `first` on will be read soon. Does not block.
  void want(int64_t first);
  /// nullopt until the length is known, and when it is not needed.
  std::optional<int64_t> length() override;
  /// Why the feed cannot be opened now.
  std::optional<base::Error> failure();

 private:
  void run();
  std::unique_ptr<AudioFeed> open();
  void read_ahead(AudioFeed& feed);
  std::optional<int64_t> wait_for_work(int64_t begin, int64_t end);
  void note_failure(std::optional<base::Error> failure);
  bool pause();

  const Opener open_;
  const Listener on_failure_;
  const Length length_wish_;
  AudioRing ring_;
  bool was_missing_ = false;  ///< of the reading thread

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t wanted_ = 0;                  ///< guarded by mutex_
  bool stops_ = false;                  ///< guarded by mutex_
  std::optional<int64_t> length_;       ///< guarded by mutex_
  std::optional<base::Error> failure_;  ///< guarded by mutex_

  std::thread thread_;
};

}  // namespace layercast::media
