#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/any_picture.h"

#include <cstdint>
#include <optional>

namespace layercast::frame {

/// Whether the renderer waits for pictures that are not decoded yet.
enum class Patience : uint8_t {
  kWaits,  ///< every frame is exact
  kNone,   ///< a late feed shows its previous picture
};

/// The pictures of a moving source by time. The media module implements it, and the renderer calls
/// it. Thread: one at a time; an implementation may decode ahead on its own threads.
class VideoFeed {
 public:
  VideoFeed() = default;
  virtual ~VideoFeed() = default;
  VideoFeed(const VideoFeed&) = delete;
  VideoFeed& operator=(const VideoFeed&) = delete;

  /// The display size in pixels, corrected for samples that are not square. 0 before the first
  /// picture of a live source.
  virtual base::SizeF display_size() const = 0;

  /// The picture whose interval contains `time` since the start of the feed: the last one that
  /// starts at or before it; with alpha where the source has alpha. Before the first picture, the
  /// first; after the last, the last. For a live source, the newest picture, whatever `time` is; a
  /// null picture when none arrives within a few seconds.
  /// Returns the same pointer for the same picture of the same pass. Blocks until the picture is
  /// decoded; a `time` before the previous one makes it seek. Errors: kIo and kInvalidInput when
  /// the source cannot be read any further; the last picture is then lost.
  virtual base::Result<AnyPicture> picture_at(const base::SceneTime& time) = 0;

  /// The newest decoded picture at or before `time`; a null picture while there is none. Does not
  /// block; for live rendering. Errors: as picture_at().
  virtual base::Result<AnyPicture> newest_at(const base::SceneTime& time) = 0;

  /// Whether newest_at() may give an old picture, after a time in which it was not called.
  virtual bool may_be_behind() const { return false; }
  /// Waits until the picture at `time` is decoded. Thread: any, while no other thread asks for
  /// another time.
  virtual void prepare(const base::SceneTime& /*time*/) {}

  /// Why a live source has had no picture for longer than a moment; nullopt while it has one, and
  /// for a file. The source recovers by itself.
  virtual std::optional<base::Error> absence() const { return std::nullopt; }

  /// Nanoseconds of processor time spent on decoding so far.
  virtual int64_t decode_nanoseconds() const = 0;
};

}  // namespace layercast::frame
