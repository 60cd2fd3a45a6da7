#pragma once

#include "base/error.h"
#include "media/out/container.h"
#include "media/out/settings.h"

#include <cstdint>
#include <string_view>

struct AVCodec;
struct AVCodecContext;

namespace layercast::media {

/// The encoder for a user's `name`: the common name of a codec (`h264`), or that of an encoder.
/// Errors: kInvalidInput with the nearest known name.
base::Result<const AVCodec*> find_video_encoder(std::string_view name);

/// Sets quality, speed and keyframe distance of `context`, which is not open yet. Equal settings
/// give the same bitstream on every machine: the number of threads depends on the codec, not on the
/// machine. Errors: kInvalidInput for a preset, crf, bitrate or keyframe distance that the encoder
/// does not support.
base::Result<void> configure_rate(AVCodecContext& context, const VideoSettings& settings,
                                  Delivery delivery);

/// Succeeds when change_bitrate() works for `context`, at any rate in range.
/// Errors: kUnsupported.
base::Result<void> check_bitrate_can_change(const AVCodecContext& context);

/// Changes the bitrate of the open encoder from the next frame on, over a buffer of half a second.
/// Range: check_bitrate() and check_bitrate_can_change() succeed.
void change_bitrate(AVCodecContext& context, int64_t bits_per_second);

/// Succeeds for a bitrate in the valid range. Errors: kInvalidInput with that range.
base::Result<void> check_bitrate(int64_t bits_per_second);

}  // namespace layercast::media
