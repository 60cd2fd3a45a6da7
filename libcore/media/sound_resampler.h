#pragma once

#include "media/libav.h"

namespace layercast::media {

/// Makes stereo floats at kAudioRate of frames that have the form of `decoded`. One channel goes to
/// both sides as it is. Null where nothing does it.
ResamplerPtr sound_resampler_for(const AVFrame& decoded);

}  // namespace layercast::media
