#pragma once

#include "base/error.h"
#include "media/av/libav.h"

#include <functional>

namespace layercast::media {

/// Takes the packets of an encoder. Ownership: borrowed for the call.
using PacketSink = std::function<void(const AVPacket&)>;

/// Encodes `frame` and passes all packets that are then ready to `sink`; without a frame, drains
/// the encoder. `scratch` is blank before and after. Errors: kInternal.
base::Result<void> encode_frame(AVCodecContext& encoder, const AVFrame* frame, AVPacket& scratch,
                                const PacketSink& sink);

}  // namespace layercast::media
