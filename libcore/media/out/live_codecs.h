#pragma once

#include "base/error.h"
#include "media/out/audio_encoder.h"
#include "media/out/container.h"
#include "media/out/frame_converter.h"
#include "media/out/live_queue.h"
#include "media/out/live_report.h"
#include "media/out/settings.h"
#include "media/out/video_encoder.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

struct AVCodec;
struct AVCodecContext;

/// What a live encoding opens: its encoders, and the checks of its outputs. Thread: any.
namespace layercast::media {

/// A video encoder, its input converter, and the description of its stream.
struct LiveEncoder {
  std::unique_ptr<VideoEncoder> video;
  FrameConverter converter;
  std::shared_ptr<const LiveStream> stream;
  base::SizeI size;
  const AVCodec* codec = nullptr;
};
/// Opens the encoder of the settings. Errors: kUnsupported, kInvalidInput: those of the codec.
base::Result<LiveEncoder> open_encoder(const VideoSettings& settings);

/// The audio for all outputs that use one codec.
struct LiveAudioTrack {
  std::string_view encoder_name;
  std::shared_ptr<const AVCodecContext> description;
  std::unique_ptr<AudioEncoder> encoder;
  std::optional<int64_t> first_sample;  ///< The sample of the stream at sample 0 of the encoder.
  int64_t samples = 0;                  ///< Samples that the encoder has received.
};
/// Opens the audio encoder of that name. Errors: as AudioEncoder::open().
base::Result<LiveAudioTrack> open_audio(std::string_view name);

/// Checks the request of an output. Errors: kInvalidInput, with the redacted URL.
base::Result<void> check_request(const LiveOutputRequest& request, const Container& container);

}  // namespace layercast::media
