#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/any_picture.h"

#include <cstdint>
#include <optional>

namespace layercast::frame {

/// Whether whoever draws waits for pictures that are not decoded yet.
enum class Patience : uint8_t {
  kWaits,  ///< every frame is exact
  kNone,   ///< what is late shows the picture before
};

/// A moving source, by time. Whoever decodes implements it; whoever draws asks it.
/// Thread: one at a time; it may decode ahead on threads of its own.
class VideoFeed {
 public:
  VideoFeed() = default;
  virtual ~VideoFeed() = default;
  VideoFeed(const VideoFeed&) = delete;
  VideoFeed& operator=(const VideoFeed&) = delete;

  /// How large the picture is shown: its samples, stretched where they are not square. 0 before a
  /// live source has shown any.
  virtual base::SizeF display_size() const = 0;

  /// The picture whose interval holds `time`, counted from the feed's start: the last one that
  /// starts at or before it; one with alpha where the source has alpha. Before the first picture,
  /// the first; after the last, the last. Of a live source, the newest at the moment, whatever
  /// `time` is; a null picture when there is none within a few seconds.
  /// The same pointer as long as it is the same picture of the same pass. Waits until it is
  /// decoded; times that go forward cost nothing but that, one that goes back seeks. Errors: kIo,
  /// kInvalidInput: the source cannot be read on; the last picture is then lost.
  virtual base::Result<AnyPicture> picture_at(const base::SceneTime& time) = 0;

  /// The same without waiting, for a live picture: the newest decoded one at or before `time`, and
  /// a null picture while there is none. Errors: as picture_at().
  virtual base::Result<AnyPicture> newest_at(const base::SceneTime& time) = 0;

  /// Why a live source shows nothing, when it has been away for longer than a moment; nullopt while
  /// it is there, and for a file. It comes back by itself.
  virtual std::optional<base::Error> absence() const { return std::nullopt; }

  /// Nanoseconds of processor time spent on decoding so far.
  virtual int64_t decode_nanoseconds() const = 0;
};

}  // namespace layercast::frame
