#include "media/out/packets.h"

#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {

base::Result<void> encode_frame(AVCodecContext& encoder, const AVFrame* frame, AVPacket& scratch,
                                const PacketSink& sink) {
  const LibraryLog log;
  int result = avcodec_send_frame(&encoder, frame);
  while (result >= 0) {
    result = avcodec_receive_packet(&encoder, &scratch);
    if (result == AVERROR(EAGAIN) || result == AVERROR_EOF) return {};
    if (result < 0) break;
    // Video encoders leave the duration open; their time base counts frames.
    if (encoder.codec_type == AVMEDIA_TYPE_VIDEO) scratch.duration = 1;
    sink(scratch);
    av_packet_unref(&scratch);
  }
  return refusal(result, std::string(encoder.codec->name) + " failed", {},
                 base::ErrorCode::kInternal);
}

}  // namespace layercast::media
