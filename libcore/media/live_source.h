#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/any_picture.h"
#include "media/live_sound.h"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// A live source that is connected to on a thread of its own, for whoever shows or hears it.
/// Once nobody holds it, its thread ends by itself, within moments: nobody waits for it.
/// Thread: any (locked).
class LiveSource {
 public:
  using Clock = std::chrono::steady_clock;

  enum class Use : uint8_t { kPictures, kSound };
  enum class Ending : uint8_t { kStays, kBeginsAnew };

  /// What shows at a moment.
  struct Shown {
    frame::AnyPicture picture;                ///< may be null
    std::optional<base::SizeF> display_size;  ///< of the last picture there was
    std::optional<base::Error> absence;       ///< why there is none; redacted
  };

  /// The source of this name, which is shared with everybody who holds it.
  /// Errors: kUnsupported for a URL that nothing connects to.
  static base::Result<std::shared_ptr<LiveSource>> open(const std::string& source);
  ~LiveSource();
  LiveSource(const LiveSource&) = delete;
  LiveSource& operator=(const LiveSource&) = delete;

  /// Only what is used is decoded.
  void begin(Use use);
  void end(Use use);
  /// What happens where a source ends that has an end.
  void set_ending(Ending ending);

  Shown shown(Clock::time_point now);
  /// Waits until there is a picture, or the source is away for a reason, or `deadline`.
  void wait_for_picture(Clock::time_point deadline);
  const LiveSound& sound() const;
  int64_t decode_nanoseconds() const;

  /// Threads of sources that have not ended yet: for tests.
  static int threads();

 private:
  class Work;
  explicit LiveSource(std::shared_ptr<Work> work);
  std::shared_ptr<Work> work_;
};

}  // namespace layercast::media
