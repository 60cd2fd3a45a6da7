#pragma once

#include "media/av/libav.h"

namespace layercast::media {

/// Whether the frame consists of two fields that were captured one after the other.
bool is_interlaced(const AVFrame& frame);

/// Returns the frame at the time of its first field: interpolates the rows of the other field, also
/// from the frames before and after. When one of those is null or differs in format or size, the
/// frame itself replaces it. A format that it cannot read (samples that are not whole little-endian
/// bytes, floating point) stays unchanged. The same on every machine; frames further away have no
/// influence.
/// Source: Weston, "Interpolating Lines of Video Signals" (BBC, three fields), within the bounds of
/// M. Niedermayer's yadif.
LibavFramePtr deinterlaced(const AVFrame* before, const AVFrame& frame, const AVFrame* after);

}  // namespace layercast::media
