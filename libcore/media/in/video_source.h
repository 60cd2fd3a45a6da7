#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/any_picture.h"
#include "media/av/libav.h"
#include "media/in/feed_timeline.h"
#include "media/in/frame_memory.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// A frame of a video and its time, in ticks of the file's own time, where 0 is time_origin().
struct VideoFrame {
  int64_t tick = 0;
  int64_t end_tick = 0;       ///< From its duration, or from the usual one in the file.
  int64_t picture_bytes = 0;  ///< Of its picture, approximately.
  LibavFramePtr decoded;      ///< Null where another process holds it.
};

/// The frames of the main video track of a file, in the order of their display.
/// Thread: one at a time.
class VideoSource {
 public:
  VideoSource() = default;
  virtual ~VideoSource() = default;
  VideoSource(const VideoSource&) = delete;
  VideoSource& operator=(const VideoSource&) = delete;

  virtual TimeBase time_base() const = 0;
  /// The size in pixels at which the first frame is shown: upright and with square pixels.
  virtual base::SizeF display_size() const = 0;
  /// Nanoseconds of processor time used so far outside the calling threads. Thread: any.
  virtual int64_t other_nanoseconds() const = 0;

  /// Returns the next frame; nullopt at the end of the file. Ticks ascend. Errors: kIo, kLimit.
  virtual base::Result<std::optional<VideoFrame>> next() = 0;
  /// Queues `frame`, so that next() returns it before others.
  virtual void put_back(VideoFrame frame) = 0;
  /// Makes the next frame one at or before `tick`, possibly long before, or the first one.
  /// Errors: kIo, kLimit; kInvalidInput when it must reopen the file, and that has changed.
  virtual base::Result<void> seek(int64_t tick) = 0;

  /// Returns the errors of picture_of() without converting anything.
  virtual base::Result<void> check(const VideoFrame& frame) = 0;
  /// The picture of one of the last four frames. Errors: kUnsupported for a pixel format that
  /// cannot be converted.
  virtual base::Result<frame::AnyPicture> picture_of(VideoFrame frame) = 0;
};

/// The file that a VideoSource opens.
struct VideoSourceRequest {
  std::string path;
  int threads = 1;  ///< 0: one, and more for large pictures
};

/// Opens a file in this process, at its first frame, and no file that it refers to.
/// Errors: kNotFound, kIo; kInvalidInput when the file contains no video that can be decoded;
/// kUnsupported without a decoder; kForbidden for a playlist; kLimit beyond input_limits.h.
/// `where` is the path. `memory`: where the frames lie; null: on the heap. It must outlive the
/// source and its pictures.
base::Result<std::unique_ptr<VideoSource>> open_video_in_process(const VideoSourceRequest& request,
                                                                 FrameMemory* memory = nullptr);

using VideoOpener =
    std::function<base::Result<std::unique_ptr<VideoSource>>(const VideoSourceRequest& request)>;

/// How the videos of files are opened in this process; initially open_video_in_process().
/// set_video_opener(): call it before videos are opened. Thread: any.
const VideoOpener& video_opener();
void set_video_opener(VideoOpener opener);

}  // namespace layercast::media
