#pragma once

#include "base/error.h"
#include "base/time.h"
#include "frame/video_feed.h"

#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

struct VideoFeedRequest {
  std::string path;
  bool loop = false;       ///< Begin anew at the end; else the last picture stays.
  base::Duration start{};  ///< In the file's time, where 0 is where its video begins.
  /// After `start`. Absent: the end of the file's last picture.
  std::optional<base::Duration> end{};
  double rate = 1;  ///< Seconds of the file a second. Range: 1/16 to 16.
  int threads = 1;  ///< That decode. 0: one, and more for pictures that are large.
};

/// A video file, decoded ahead on a thread of its own into a few pictures' worth of memory.
/// Exact: picture_at(t) is the file's picture whose interval holds start + t × rate; with `loop`,
/// start + (t × rate) modulo (end − start); the rate as playback_rate() has it. A time outside what
/// the file holds has the nearest picture. Colour and planes: as PictureMaker has them. Frames of
/// two fields are deinterlaced. What is damaged is left out: the picture before it stays.
/// decode_nanoseconds() covers opening, reading, decoding and converting on all threads.
/// Errors: kNotFound, kIo; kForbidden for a playlist; kLimit for what is beyond input_limits.h;
/// kUnsupported for a codec or pixel format that this build cannot read;
/// kInvalidInput when nothing in the file can be decoded as video, or `start` is after all of it.
/// All with the path as their place.
base::Result<std::unique_ptr<frame::VideoFeed>> open_video_feed(const VideoFeedRequest& request);

}  // namespace layercast::media
