#pragma once

#include "base/error.h"
#include "media/libav.h"

#include <functional>

namespace layercast::media {

/// Takes packets as they come out of an encoder; borrowed for the call.
using PacketSink = std::function<void(const AVPacket&)>;

/// Gives `frame` to the encoder and every packet that is ready to `sink`; without a frame, empties
/// the encoder. `scratch` is blank before and after.
base::Result<void> encode_frame(AVCodecContext& encoder, const AVFrame* frame, AVPacket& scratch,
                                const PacketSink& sink);

}  // namespace layercast::media
