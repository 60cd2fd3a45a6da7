#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/any_picture.h"
#include "media/libav.h"
#include "media/picture_maker.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

struct AVStream;

namespace layercast::media {

/// A picture of a live source as it comes out of the decoder.
struct LivePicture {
  frame::AnyPicture picture;
  base::SizeF display_size;
  int64_t stamp = 0;  ///< nanoseconds by the sender's clock
};

/// The video of one connection. What cannot be decoded is left out, and so is everything before
/// the first keyframe. Thread: one at a time.
class LiveVideoTrack {
 public:
  using Sink = std::function<void(LivePicture)>;

  /// Errors: kUnsupported, kInvalidInput, without a place.
  static base::Result<std::unique_ptr<LiveVideoTrack>> open(AVFormatContext& demuxer, int track);

  /// Gives `sink` every picture that is ready with this packet.
  /// Errors: kUnsupported for a pixel format that nothing converts.
  base::Result<void> decode(const AVPacket& packet, const Sink& sink);
  /// Packets were left out: nothing is shown up to a keyframe.
  void skip_to_keyframe() { awaits_keyframe_ = true; }
  /// What comes late: pictures that no other refers to are left out until it is in time again.
  void note_lag(std::chrono::nanoseconds lag);

 private:
  LiveVideoTrack(AVFormatContext& demuxer, int track);
  base::Result<void> take(LibavFramePtr frame, const Sink& sink);
  base::Result<void> show(LibavFramePtr frame, const Sink& sink);

  AVFormatContext& demuxer_;
  AVStream& track_;
  CodecContextPtr decoder_;
  PictureMaker maker_;
  bool awaits_keyframe_ = true;
  int skipped_ = 0;  ///< packets, while a keyframe is awaited
  int64_t last_stamp_ = 0;
  // Frames of two fields wait for the next one.
  LibavFramePtr before_;
  LibavFramePtr waiting_;
};

/// The sound of one connection: stereo at kAudioRate. Thread: one at a time.
class LiveSoundTrack {
 public:
  /// Gets samples (left, right …) and the stamp of the first, in nanoseconds of the sender's clock.
  using Sink = std::function<void(std::span<const float>, int64_t stamp)>;

  /// nullptr when nothing decodes it: the pictures go on without.
  static std::unique_ptr<LiveSoundTrack> open(const AVStream& track);
  void decode(const AVPacket& packet, const Sink& sink);

 private:
  explicit LiveSoundTrack(const AVStream& track);
  bool follows(const AVFrame& decoded);

  const AVStream& track_;
  CodecContextPtr decoder_;
  ResamplerPtr resampler_;
  LibavFramePtr frame_;
  std::vector<float> samples_;
  int64_t next_stamp_ = 0;
  // What the resampler was made for.
  int rate_ = 0;
  int format_ = -1;
  int channels_ = 0;
};

/// Nanoseconds of a packet's time by the sender's clock; nullopt when it has none.
std::optional<int64_t> stamp_of(const AVPacket& packet, const AVStream& track);

}  // namespace layercast::media
