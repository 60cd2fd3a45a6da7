#include "media/out/live_codecs.h"

#include "base/ascii.h"
#include "base/check.h"
#include "base/redaction.h"
#include "base/trace.h"
#include "media/out/pixel_format.h"
#include "media/out/video_codec.h"

#include <string>
#include <utility>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace layercast::media {
namespace {

constexpr const char* kDefaultCodec = "h264";

// A copy of the encoder's parameters, which the encoder thread keeps changing.
CodecContextPtr description_of(const AVCodecContext& encoder) {
  CodecContextPtr description(avcodec_alloc_context3(encoder.codec));
  LAYERCAST_CHECK(description != nullptr);
  AVCodecParameters* parameters = avcodec_parameters_alloc();
  LAYERCAST_CHECK(parameters != nullptr);
  LAYERCAST_CHECK(avcodec_parameters_from_context(parameters, &encoder) >= 0);
  LAYERCAST_CHECK(avcodec_parameters_to_context(description.get(), parameters) >= 0);
  avcodec_parameters_free(&parameters);
  description->time_base = encoder.time_base;
  description->framerate = encoder.framerate;
  return description;
}

}  // namespace

base::Result<LiveEncoder> open_encoder(const VideoSettings& settings) {
  const LibraryLog log;
  TRY(const AVCodec* codec, find_video_encoder(settings.codec.value_or(kDefaultCodec)));
  TRY(const int pixel_format, pixel_format_for(*codec, settings.pixel_format));
  TRY_DO(check_size(settings.size, pixel_format));
  TRY(FrameConverter converter, FrameConverter::open(pixel_format, settings.size));
  TRY(auto video,
      VideoEncoder::open({codec, pixel_format, Delivery::kLive, HeaderPlace::kBeforeStream},
                         settings));
  auto stream = std::make_shared<LiveStream>();
  stream->video = description_of(video->context());
  stream->rate = settings.rate;
  base::trace("encoder", [&] {
    return std::string(codec->name) + " opened for " + std::to_string(settings.size.width) + "x" +
           std::to_string(settings.size.height);
  });
  return LiveEncoder{std::move(video), std::move(converter), std::move(stream), settings.size,
                     codec};
}

base::Result<LiveAudioTrack> open_audio(std::string_view name) {
  TRY(auto encoder, AudioEncoder::open(name));
  std::shared_ptr<const AVCodecContext> description(
      description_of(encoder->context()).release(),
      [](const AVCodecContext* context) { LibavDelete{}(const_cast<AVCodecContext*>(context)); });
  return LiveAudioTrack{name, std::move(description), std::move(encoder), {}, 0};
}

base::Result<void> check_request(const LiveOutputRequest& request, const Container& container) {
  const auto invalid = [&](std::string message) {
    return base::invalid_input(std::move(message),
                               base::redacted_url(request.url, base::UrlUse::kOutput));
  };
  if (request.id.empty()) return invalid("the output has no id; expected a name");
  const bool is_playlist = container.muxer == "hls";
  const bool is_file = delivery_of(request.url) == Delivery::kFile && !is_playlist;
  if ((request.rotate_after || request.rotate_bytes) && !is_file) {
    return invalid("cannot rotate this output; expected a file");
  }
  if (request.rotate_after && *request.rotate_after <= base::Duration::zero()) {
    return invalid("rotate_after must be greater than 0");
  }
  if (request.rotate_bytes && *request.rotate_bytes <= 0) {
    return invalid("rotate_bytes must be greater than 0");
  }
  if (request.insecure_tls && !base::lower_case(request.url).starts_with("rtmps://")) {
    return invalid("insecure_tls is of no use here; expected a URL that begins with rtmps://");
  }
  // The library takes % for a pattern, and would not find its old segments again.
  if (is_playlist && request.url.find('%') != std::string::npos) {
    return invalid("the path of a live playlist must not contain %");
  }
  return {};
}

}  // namespace layercast::media
