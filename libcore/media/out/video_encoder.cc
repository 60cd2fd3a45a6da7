#include "media/out/video_encoder.h"

#include "base/check.h"
#include "media/out/pixel_format.h"
#include "media/out/video_codec.h"

#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {

using base::ErrorCode;

base::Result<std::unique_ptr<VideoEncoder>> VideoEncoder::open(const Plan& plan,
                                                               const VideoSettings& settings) {
  const LibraryLog log;
  CodecContextPtr context(avcodec_alloc_context3(plan.encoder));
  LAYERCAST_CHECK(context != nullptr);
  context->width = settings.size.width;
  context->height = settings.size.height;
  context->pix_fmt = static_cast<AVPixelFormat>(plan.pixel_format);
  context->time_base = {settings.rate.denominator, settings.rate.numerator};
  context->framerate = {settings.rate.numerator, settings.rate.denominator};
  context->sample_aspect_ratio = {1, 1};
  // Without the flag, some encoders write the library's version or a random start value.
  context->flags |= AV_CODEC_FLAG_BITEXACT;
  if (plan.header_place == HeaderPlace::kBeforeStream) {
    context->flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
  }
  tag_colors(*context);
  TRY_DO(configure_rate(*context, settings, plan.delivery));
  const int opened = avcodec_open2(context.get(), plan.encoder, nullptr);
  if (opened < 0) {
    return refusal(opened, std::string(plan.encoder->name) + " refuses these settings", {},
                   ErrorCode::kUnsupported);
  }
  return std::unique_ptr<VideoEncoder>(new VideoEncoder(std::move(context)));
}

base::Result<void> VideoEncoder::encode(const AVFrame& frame, const PacketSink& sink) {
  return encode_frame(*context_, &frame, *packet_, sink);
}

void VideoEncoder::change_bitrate(int64_t bits_per_second) {
  media::change_bitrate(*context_, bits_per_second);
}

base::Result<void> VideoEncoder::flush(const PacketSink& sink) {
  return encode_frame(*context_, nullptr, *packet_, sink);
}

}  // namespace layercast::media
