#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/yuv_picture.h"

#include <cstdint>

namespace layercast::frame {

/// A moving source, by time. Whoever decodes implements it; whoever draws asks it.
/// Thread: one at a time; it may decode ahead on threads of its own.
class VideoFeed {
 public:
  VideoFeed() = default;
  virtual ~VideoFeed() = default;
  VideoFeed(const VideoFeed&) = delete;
  VideoFeed& operator=(const VideoFeed&) = delete;

  /// How large the picture is shown: its samples, stretched where they are not square.
  virtual base::SizeF display_size() const = 0;

  /// The picture whose interval holds `time`, counted from the feed's start: the last one that
  /// starts at or before it. Before the first picture, the first; after the last, the last.
  /// The same pointer as long as it is the same picture of the same pass. Waits until it is
  /// decoded; times that go forward cost nothing but that, one that goes back seeks. Errors: kIo,
  /// kInvalidInput: the source cannot be read on; the last picture is then lost.
  virtual base::Result<YuvPicturePtr> picture_at(const base::SceneTime& time) = 0;

  /// The same without waiting, for a live picture: the newest decoded one at or before `time`, and
  /// nullptr while there is none. Errors: as picture_at().
  virtual base::Result<YuvPicturePtr> newest_at(const base::SceneTime& time) = 0;

  /// Nanoseconds of processor time spent on decoding so far.
  virtual int64_t decode_nanoseconds() const = 0;
};

}  // namespace layercast::frame
