#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "media/codec_threads.h"
#include "media/feed_timeline.h"
#include "media/input_guard.h"
#include "media/libav.h"
#include "media/video_track.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>

namespace layercast::media {

/// A decoded frame and when it is shown, in ticks of the file's own time: 0 is where its video
/// begins.
struct DecodedFrame {
  LibavFramePtr frame;
  int64_t tick = 0;
  int64_t end_tick = 0;  ///< After its duration, or what is usual in the file.
  bool has_own_time =
      true;  ///< The file says `tick`; else it was worked out from what came before.
};

struct VideoReaderRequest {
  std::string path;
  int threads = 1;  ///< 0: one, and more for pictures that are large
};

/// The frames of a video file's first video track in the order they are shown.
/// Opens the one local file and nothing that it names. What cannot be decoded in the middle is left
/// out. Frames of two fields are deinterlaced; each is the same wherever reading began.
/// Thread: one at a time.
class VideoReader {
 public:
  /// Opened, at its first frame.
  /// Errors: kNotFound, kIo; kInvalidInput when nothing in the file can be decoded as video;
  /// kForbidden for a playlist; kLimit for one beyond input_limits.h. All with the path as their
  /// place.
  static base::Result<std::unique_ptr<VideoReader>> open(const VideoReaderRequest& request);
  ~VideoReader();

  TimeBase time_base() const { return time_base_; }
  /// Of the first frame: 0, or later when the file's video begins with what cannot be decoded.
  int64_t first_tick() const { return first_tick_; }
  const Orientation& orientation() const { return orientation_; }
  /// How large the first frame is shown: turned upright, and its pixels made square.
  base::SizeF display_size() const { return display_size_; }
  /// Packets that were left out so far, and frames that were mended.
  int64_t damaged() const { return damaged_; }
  /// Nanoseconds of processor time that the decoder's own threads have used. Thread: any.
  int64_t codec_nanoseconds() const { return codec_threads_.cpu_nanoseconds(); }

  /// The next frame; nullopt at the end of the file. Ticks grow.
  /// Errors: kIo.
  base::Result<std::optional<DecodedFrame>> next();
  /// `frame` comes again, before what next() would give.
  void put_back(DecodedFrame frame);

  /// The next frame is one at or before `tick`, or the first: it may be a while before.
  /// Errors: kIo; kInvalidInput when the file, opened again, is another one.
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
  DemuxerPtr demuxer_;
  CodecContextPtr decoder_;
  PacketPtr packet_;
  int track_ = -1;
  TimeBase time_base_;
  Orientation orientation_;
  base::SizeF display_size_;
  int64_t origin_ = 0;  ///< The file's own time stamp of tick 0.
  int64_t first_tick_ = 0;
  int64_t usual_duration_ = 1;  ///< Ticks of a frame of which the file does not say it.

  std::deque<DecodedFrame> put_back_;
  std::optional<DecodedFrame> successor_;  ///< Decoded already: a deinterlaced frame needs it.
  LibavFramePtr before_;                   ///< The one before the next, as it was decoded.
  bool lacks_the_one_before_ = false;
  bool input_ended_ = false;
  bool awaits_keyframe_ = false;
  std::optional<int64_t> keyframe_stamp_;  ///< What is shown before it refers to what was not read.
  std::optional<int64_t> last_read_stamp_;
  std::optional<int64_t> last_tick_;
  int64_t last_end_tick_ = 0;
  int unreadable_in_a_row_ = 0;
  int64_t damaged_ = 0;
};

}  // namespace layercast::media
