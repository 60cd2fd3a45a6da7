#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "frame/any_picture.h"
#include "media/av/libav.h"
#include "media/in/picture_maker.h"

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

/// Decodes the video of one connection. Skips packets that cannot be decoded, and all before the
/// first keyframe. Ownership: refers to the demuxer. Thread: one at a time.
class LiveVideoTrack {
 public:
  using Sink = std::function<void(LivePicture)>;

  /// Errors: kUnsupported, kInvalidInput; `where` is empty.
  static base::Result<std::unique_ptr<LiveVideoTrack>> open(AVFormatContext& demuxer, int track);

  /// Decodes a packet and passes all pictures that are then ready to `sink`.
  /// Errors: kUnsupported for a pixel format that cannot be converted.
  base::Result<void> decode(const AVPacket& packet, const Sink& sink);
  /// Ignores packets up to the next keyframe, after the caller has skipped some.
  void skip_to_keyframe() { awaits_keyframe_ = true; }
  /// Sets how late the pictures are. While they are too late, the decoder drops the pictures to
  /// which no other picture refers.
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
  int skipped_ = 0;  ///< packets, while waiting for a keyframe
  int64_t last_stamp_ = 0;
  // Frames of two fields wait for the next one.
  LibavFramePtr before_;
  LibavFramePtr waiting_;
};

/// Decodes the sound of one connection to stereo at kAudioRate. Thread: one at a time.
class LiveSoundTrack {
 public:
  /// Takes samples (left, right …) and the stamp of the first: nanoseconds by the sender's clock.
  using Sink = std::function<void(std::span<const float>, int64_t stamp)>;

  /// Returns null when there is no decoder for the track. Ownership: refers to `track`.
  static std::unique_ptr<LiveSoundTrack> open(const AVStream& track);
  /// Decodes a packet and passes the samples to `sink`. Skips damaged parts.
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
  // The input format of the resampler.
  int rate_ = 0;
  int format_ = -1;
  int channels_ = 0;
};

/// The time of a packet in nanoseconds by the sender's clock; nullopt when it has none.
std::optional<int64_t> stamp_of(const AVPacket& packet, const AVStream& track);

}  // namespace layercast::media
