#pragma once

#include "base/error.h"
#include "media/audio_feed.h"
#include "media/audio_ring.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace layercast::media {

/// A feed that never makes its reader wait: it is opened and read a second ahead on a thread of its
/// own. What is not there yet is silent. One that cannot be opened is tried again every few
/// seconds. Thread: reading one at a time.
class AudioAhead final : public AudioFeed {
 public:
  /// Whether its length is asked for, which may mean to read all of it first.
  enum class Length : uint8_t { kIsNeeded, kIsNot };
  /// Null where there is nothing to hear.
  using Opener = std::function<base::Result<std::unique_ptr<AudioFeed>>()>;
  /// Told when it cannot be opened, once; on the thread of its own.
  using Listener = std::function<void(const base::Error&)>;

  AudioAhead(Opener open, Listener on_failure, Length length);
  /// Waits for what it is reading.
  ~AudioAhead() override;

  void read(int64_t first, std::span<float> samples) override;
  /// Places from `first` on are needed soon. Never waits.
  void want(int64_t first);
  /// Nothing before it is known, and where it is not needed.
  std::optional<int64_t> length() override;

 private:
  void run();
  std::unique_ptr<AudioFeed> open();
  void read_ahead(AudioFeed& feed);
  std::optional<int64_t> wait_for_work(int64_t begin, int64_t end);
  bool pause();

  const Opener open_;
  const Listener on_failure_;
  const Length length_wish_;
  AudioRing ring_;
  bool was_missing_ = false;  ///< the reader's own

  std::mutex mutex_;
  std::condition_variable changed_;
  int64_t wanted_ = 0;             ///< with the lock
  bool stops_ = false;             ///< with the lock
  std::optional<int64_t> length_;  ///< with the lock

  std::thread thread_;
};

}  // namespace layercast::media
