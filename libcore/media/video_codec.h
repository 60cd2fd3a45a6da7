#pragma once

#include "base/error.h"
#include "media/container.h"
#include "media/settings.h"

#include <string_view>

struct AVCodec;
struct AVCodecContext;

namespace layercast::media {

/// The encoder that a user means by `name`: a codec's common name (`h264`), or an encoder's own.
/// Errors: kInvalidInput with the nearest known name.
base::Result<const AVCodec*> find_video_encoder(std::string_view name);

/// Gives `context`, not opened yet, quality, speed and keyframe distance. The same settings give
/// the same bitstream on every machine: the number of threads is the codec's, not the machine's.
/// Errors: kInvalidInput for a preset, crf or bitrate that the encoder does not have.
base::Result<void> configure_rate(AVCodecContext& context, const VideoSettings& settings,
                                  Delivery delivery);

}  // namespace layercast::media
