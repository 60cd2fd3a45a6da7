#pragma once

#include "base/error.h"
#include "media/av/libav.h"
#include "media/out/container.h"
#include "media/out/packets.h"
#include "media/out/settings.h"

#include <memory>

namespace layercast::media {

/// Whether codec headers precede the stream, as MP4 requires, or are part of it.
enum class HeaderPlace {
  kInStream,
  kBeforeStream,
};

/// Encodes frames of one size and a constant rate into packets. Packet times count frames.
/// Thread: one at a time.
class VideoEncoder {
 public:
  /// The encoder and its input.
  struct Plan {
    const AVCodec* encoder = nullptr;
    int pixel_format = -1;  ///< An AVPixelFormat that the encoder takes.
    Delivery delivery = Delivery::kFile;
    HeaderPlace header_place = HeaderPlace::kInStream;
  };

  /// Errors: kInvalidInput for settings that the encoder does not support; kUnsupported, with the
  /// encoder's own message, when it refuses their combination.
  static base::Result<std::unique_ptr<VideoEncoder>> open(const Plan& plan,
                                                          const VideoSettings& settings);

  /// Encodes `frame`, whose time is after that of the last one: by one, unless frames are missing.
  /// A frame whose pict_type is AV_PICTURE_TYPE_I becomes a keyframe. Errors: kInternal.
  base::Result<void> encode(const AVFrame& frame, const PacketSink& sink);
  /// Drains the encoder, which takes no frames afterwards.
  base::Result<void> flush(const PacketSink& sink);

  /// Changes the bitrate from the next frame on. Range: as media::change_bitrate().
  void change_bitrate(int64_t bits_per_second);

  const AVCodecContext& context() const { return *context_; }

 private:
  explicit VideoEncoder(CodecContextPtr context)
      : context_(std::move(context)), packet_(new_packet()) {}

  CodecContextPtr context_;
  PacketPtr packet_;
};

}  // namespace layercast::media
