#pragma once

#include "base/error.h"
#include "media/container.h"
#include "media/settings.h"

#include <cstdint>
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

/// Succeeds when change_bitrate() would, at any rate in its range.
/// Errors: kUnsupported.
base::Result<void> check_bitrate_can_change(const AVCodecContext& context);

/// The opened encoder keeps to another bitrate from the next frame on, over a buffer of half a
/// second. Range: as VideoSettings::bitrate. check_bitrate_can_change() has succeeded.
void change_bitrate(AVCodecContext& context, int64_t bits_per_second);

/// Errors: kInvalidInput when no encoder is given such a rate.
base::Result<void> check_bitrate(int64_t bits_per_second);

}  // namespace layercast::media
