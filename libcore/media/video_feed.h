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
  int threads = 1;  ///< That decode. Range: 1 and up.
};

/// A video file, decoded ahead on a thread of its own into a few pictures' worth of memory.
/// Exact: picture_at(t) is the file's picture whose interval holds start + t; with `loop`, start +
/// t modulo (end − start). A time outside what the file holds has the nearest picture. Colour and
/// planes: as YuvPictureMaker has them. What is damaged is left out: the picture before it stays.
/// decode_nanoseconds() covers opening, reading and converting; with more than one thread, only
/// what the feed's own thread does of it.
/// Errors: kNotFound, kIo; kUnsupported for a codec or pixel format that this build cannot read;
/// kInvalidInput when nothing in the file can be decoded as video, or `start` is after all of it.
/// All with the path as their place.
base::Result<std::unique_ptr<frame::VideoFeed>> open_video_feed(const VideoFeedRequest& request);

}  // namespace layercast::media
