#pragma once

#include "base/error.h"
#include "base/time.h"
#include "frame/video_feed.h"

#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// The part of a video file that a feed plays, and how.
struct VideoFeedRequest {
  std::string path;
  bool loop = false;       ///< Restart at the end; otherwise the last picture stays.
  base::Duration start{};  ///< In the file's time, where 0 is the beginning of its video.
  /// After `start`. nullopt: the end of the file's last picture.
  std::optional<base::Duration> end{};
  double rate = 1;  ///< File seconds per second. Range: 1/16 to 16.
  int threads = 1;  ///< For decoding. 0: one, and more for large pictures.
};

/// Opens a video file, which a thread of the feed decodes a few pictures ahead.
/// Exact: picture_at(t) is the picture of the file whose interval contains start + t × rate; with
/// `loop`, start + (t × rate) modulo (end − start); the rate is that of playback_rate(). A time
/// outside the file gets the nearest picture. Colour and planes: as in PictureMaker. Interlaced
/// frames are deinterlaced. Damaged parts are skipped: the picture before them stays.
/// decode_nanoseconds() includes opening, reading, decoding and converting on all threads.
/// Errors: kNotFound, kIo; kForbidden for a playlist; kLimit beyond input_limits.h;
/// kUnsupported for a codec or pixel format that this build cannot read;
/// kInvalidInput when the file contains no video that can be decoded, or `start` is after its end.
/// `where` is the path.
base::Result<std::unique_ptr<frame::VideoFeed>> open_video_feed(const VideoFeedRequest& request);

}  // namespace layercast::media
