#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "content/animation/picture_sequence.h"
#include "content/animation/playback.h"
#include "content/image/image_content.h"
#include "frame/picture.h"
#include "frame/video_feed.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

namespace layercast::content {

/// The pictures of an animated source that is too large to be kept in memory: its own thread
/// decodes a few ahead, in playback order. Thread: one at a time.
class StreamedPictures {
 public:
  /// What to decode.
  struct Request {
    std::unique_ptr<PictureSequence> sequence;
    Timeline timeline;
    Fitting fitting;  ///< has a box
    std::optional<Texture> texture;
    int ahead = 4;  ///< pictures decoded ahead. Range: at least 2
  };

  explicit StreamedPictures(Request request);
  ~StreamedPictures();
  StreamedPictures(const StreamedPictures&) = delete;
  StreamedPictures& operator=(const StreamedPictures&) = delete;

  /// The picture of `step`. Without patience: the newest decoded picture up to `step`, or null.
  /// Errors: the picture cannot be decoded.
  base::Result<frame::PicturePtr> picture_at(int64_t step, frame::Patience patience);

  /// CPU time of the decoding thread so far.
  int64_t decode_nanoseconds() const { return decode_nanoseconds_; }

 private:
  // Thread: the decoding thread.
  void work();
  base::Result<Raster> raster_of(int64_t step);
  base::Result<frame::PicturePtr> decoded(int64_t step);
  // With the lock held.
  void forget_others(int64_t wanted);
  bool is_missing(int64_t step) const { return !pictures_.contains(step); }
  std::optional<int64_t> next_step();
  int64_t cheapest_before(int64_t step) const;
  frame::PicturePtr known_picture(int number) const;

  Request request_;
  std::atomic<int64_t> decode_nanoseconds_{0};

  std::mutex mutex_;
  std::condition_variable changed_;
  // Guarded by the mutex from here on.
  std::map<int64_t, base::Result<frame::PicturePtr>> pictures_;  ///< by step
  std::optional<int64_t> wanted_;
  bool is_filling_ = true;
  bool stops_ = false;

  std::thread thread_;  // last: it uses all members above
};

}  // namespace layercast::content
