#pragma once

#include "media/av/libav.h"

namespace layercast::media {

/// Returns a resampler from frames with the format of `decoded` to stereo floats at kAudioRate. A
/// single channel goes to both channels unchanged. Null when the library cannot convert it.
ResamplerPtr sound_resampler_for(const AVFrame& decoded);

}  // namespace layercast::media
