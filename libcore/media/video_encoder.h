#pragma once

#include "base/error.h"
#include "media/container.h"
#include "media/libav.h"
#include "media/packets.h"
#include "media/settings.h"

#include <memory>

namespace layercast::media {

/// Whether codec headers stand before the stream, as MP4 wants them, or in it.
enum class HeaderPlace {
  kInStream,
  kBeforeStream,
};

/// Frames of one size and constant rate in, packets out. Packet times count frames.
/// Thread: one at a time.
class VideoEncoder {
 public:
  struct Plan {
    const AVCodec* encoder = nullptr;
    int pixel_format = -1;  ///< An AVPixelFormat that the encoder takes.
    Delivery delivery = Delivery::kFile;
    HeaderPlace header_place = HeaderPlace::kInStream;
  };

  /// Errors: kInvalidInput for settings that the encoder does not have; kUnsupported with its own
  /// words when it refuses them together.
  static base::Result<std::unique_ptr<VideoEncoder>> open(const Plan& plan,
                                                          const VideoSettings& settings);

  /// Encodes `frame`, whose time is past the last one's: by one, unless frames are missing. A frame
  /// whose pict_type is AV_PICTURE_TYPE_I becomes a keyframe.
  base::Result<void> encode(const AVFrame& frame, const PacketSink& sink);
  /// Empties the encoder; nothing can be encoded afterwards.
  base::Result<void> flush(const PacketSink& sink);

  /// From the next frame on. Range: as VideoSettings::bitrate; check_bitrate_can_change() allows
  /// it.
  void change_bitrate(int64_t bits_per_second);

  const AVCodecContext& context() const { return *context_; }

 private:
  explicit VideoEncoder(CodecContextPtr context)
      : context_(std::move(context)), packet_(new_packet()) {}

  CodecContextPtr context_;
  PacketPtr packet_;
};

}  // namespace layercast::media
