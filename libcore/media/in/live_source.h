#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/any_picture.h"
#include "media/sound/live_sound.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// A live source, which its own thread connects to, reads and decodes for all its users. The
/// destructor stops that thread, but does not wait for its end. Thread: any (locked).
class LiveSource {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Use : uint8_t { kPictures, kSound };
  /// What happens at the end of a source: its last picture stays, or it restarts.
  enum class Ending : uint8_t { kStays, kBeginsAnew };

  /// The result of shown().
  struct Shown {
    frame::AnyPicture picture;                ///< may be null
    std::optional<base::SizeF> display_size;  ///< of the last picture so far
    std::optional<base::Error> absence;       ///< why there is no picture; redacted
  };

  /// Returns the source of this name, which all its users share.
  /// Errors: kUnsupported for a URL whose scheme is not supported.
  static base::Result<std::shared_ptr<LiveSource>> open(const std::string& source);
  ~LiveSource();
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  /// Adds or removes a user of the pictures or the sound; unused tracks are not decoded.
  void begin(Use use);
  void end(Use use);
  /// kBeginsAnew applies to all users from now on; kStays has no effect.
  void set_ending(Ending ending);

  /// The picture that is due at `now`, or why there is none.
  Shown shown(Clock::time_point now);
  /// Waits until there is a picture, or the source counts as lost, or `deadline` has passed.
  void wait_for_picture(Clock::time_point deadline);
  const LiveSound& sound() const;
  /// Nanoseconds of processor time of the thread, and of the processes that decode for it, so far.
  int64_t decode_nanoseconds() const;

  /// The number of threads of all sources that have not ended yet: for tests.
  static int threads();

 private:
  class Work;
  explicit LiveSource(std::shared_ptr<Work> work);
  std::shared_ptr<Work> work_;
};

}  // namespace layercast::media
