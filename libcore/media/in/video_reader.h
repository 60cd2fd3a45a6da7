#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "media/av/file_input.h"
#include "media/av/input_guard.h"
#include "media/av/libav.h"
#include "media/in/codec_threads.h"
#include "media/in/feed_timeline.h"
#include "media/in/frame_memory.h"
#include "media/in/video_track.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// A decoded frame and its time, in ticks of the file's own time, where 0 is time_origin().
struct DecodedFrame {
  LibavFramePtr frame;
  int64_t tick = 0;
  int64_t end_tick = 0;  ///< From its duration, or from the usual one in the file.
  /// Whether the file tells `tick`; otherwise it is derived from the previous frames.
  bool has_own_time = true;
};

/// The file that a VideoReader opens.
struct VideoReaderRequest {
  std::string path;
  int threads = 1;  ///< 0: one, and more for large pictures
  /// Where the frames lie; null: on the heap. It must outlive the reader and the frames.
  FrameMemory* memory = nullptr;
};

/// Decodes the frames of the main video track of a file in the order of their display.
/// Opens one local file, and no file that it refers to. Skips parts that cannot be decoded.
/// Deinterlaces interlaced frames; each frame is the same wherever reading began.
/// Thread: one at a time.
class VideoReader {
 public:
  /// Opens a file, at its first frame.
  /// Errors: kNotFound, kIo; kInvalidInput when the file contains no video that can be decoded;
  /// kUnsupported without a decoder; kForbidden for a playlist; kLimit beyond input_limits.h.
  /// `where` is the path.
  static base::Result<std::unique_ptr<VideoReader>> open(const VideoReaderRequest& request);
  ~VideoReader();

  TimeBase time_base() const { return time_base_; }
  /// The time of the first frame: 0, or later when the sound begins before the video, or the video
  /// with undecodable packets.
  int64_t first_tick() const { return first_tick_; }
  const Orientation& orientation() const { return orientation_; }
  /// The size in pixels at which the first frame is shown: upright and with square pixels.
  base::SizeF display_size() const { return display_size_; }
  /// The number of packets skipped and frames concealed so far.
  int64_t damaged() const { return damaged_; }
  /// Nanoseconds of processor time that the decoder's own threads have used. Thread: any.
  int64_t codec_nanoseconds() const { return codec_threads_.cpu_nanoseconds(); }

  /// Returns the next frame; nullopt at the end of the file. Ticks ascend.
  /// Errors: kIo, kLimit.
  base::Result<std::optional<DecodedFrame>> next();
  /// Queues `frame`, so that next() returns it before others.
  void put_back(DecodedFrame frame);

  /// Makes the next frame one at or before `tick`, possibly long before, or the first one.
  /// Errors: kIo, kLimit; kInvalidInput when it must reopen the file, and that has changed.
  base::Result<void> seek(int64_t tick);

 private:
  explicit VideoReader(VideoReaderRequest request);
  int open_demuxer();
  int open_decoder();
  base::Error open_error(int result) const;
  base::Result<void> open_first_frame();
  base::Result<std::optional<DecodedFrame>> decode_next();
  void forget_position();
  base::Result<void> send_packet();
  void send_wanted_packet();
  std::optional<DecodedFrame> timed(LibavFramePtr frame);
  bool holds(int64_t tick) const;
  base::Result<bool> reaches_by_reading_on(int64_t tick);
  base::Result<bool> jump(int64_t aim, int64_t tick);
  base::Result<void> rewind();
  base::Result<void> reopen();

  VideoReaderRequest request_;
  Deadline deadline_;
  CodecThreads codec_threads_;
  std::unique_ptr<FileInput> file_;
  DemuxerPtr demuxer_;
  CodecContextPtr decoder_;
  PacketPtr packet_;
  int track_ = -1;
  TimeBase time_base_;
  Orientation orientation_;
  base::SizeF display_size_;
  int64_t origin_ = 0;  ///< The file's own time stamp of tick 0.
  int64_t first_tick_ = 0;
  int64_t usual_duration_ = 1;  ///< In ticks, for frames without a duration.

  std::deque<DecodedFrame> put_back_;
  std::optional<DecodedFrame> successor_;  ///< Decoded in advance, for deinterlacing.
  LibavFramePtr before_;                   ///< The frame before the next one, as decoded.
  bool lacks_the_one_before_ = false;
  bool input_ended_ = false;
  bool awaits_keyframe_ = false;
  std::optional<int64_t> keyframe_stamp_;  ///< Frames before it refer to frames that were skipped.
  std::optional<int64_t> last_read_stamp_;
  std::optional<int64_t> last_tick_;
  int64_t last_end_tick_ = 0;
  int unreadable_in_a_row_ = 0;
  int64_t damaged_ = 0;
};

}  // namespace layercast::media
