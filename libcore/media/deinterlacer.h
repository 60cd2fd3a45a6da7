#pragma once

#include "media/libav.h"

namespace layercast::media {

/// Whether the frame holds two fields that were taken one after the other.
bool is_interlaced(const AVFrame& frame);

/// The frame as it was when its first field was taken: the rows of the other field are made anew
/// from the frames before and after. Those are used only where they have its shape; without them
/// the frame stands for them. What it cannot read (samples that are not whole bytes in this
/// machine's order, floating point) stays as it is. The same on every machine; what lies further
/// off than one frame does not matter.
/// Source: Weston, "Interpolating Lines of Video Signals" (BBC, three fields), within the bounds of
/// M. Niedermayer's yadif.
LibavFramePtr deinterlaced(const AVFrame* before, const AVFrame& frame, const AVFrame* after);

}  // namespace layercast::media
