#pragma once

#include "frame/image.h"
#include "frame/recolor.h"
#include "scene/filter.h"

#include <span>

namespace layercast::content {

/// What the functions come to, one after the other, in sRGB as the shorthand functions are.
/// Source: Filter Effects Module Level 1, section 9 (the shorthands' equivalents) and
/// feColorMatrix.
frame::Recoloring recoloring(std::span<const scene::ColorFilter> filters);

/// Makes transparent what has the colour of the filter's screen, and takes its light off the rest:
/// colours near it turn grey. The distance of a pixel is the mean of its own and those around it.
/// Shape: equal sizes, no overlap. Exact: the same bytes on every machine.
/// Source: the chroma key filter of OBS Studio (chroma_key_filter_v2.effect), on the Cb, Cr plane
/// of BT.709; but distances are relative to how colourful the screen is, so that similarities that
/// suit a bright screen suit a dark one.
void apply_chroma_key(const scene::ChromaKeyFilter& filter,
                      frame::ImageView<const frame::PremulRgba8> source,
                      frame::ImageView<frame::PremulRgba8> target);

}  // namespace layercast::content
