#pragma once

#include "frame/image.h"
#include "frame/recolor.h"
#include "scene/model/filter.h"

#include <span>

namespace layercast::content {

/// The colour filters composed in order, in sRGB like the CSS shorthand functions.
/// Source: Filter Effects Module Level 1, section 9 (the shorthands' equivalents) and
/// feColorMatrix.
frame::Recoloring recoloring(std::span<const scene::ColorFilter> filters);

/// Makes pixels of the key colour transparent and desaturates similar colours, which removes the
/// screen's reflections. The distance of a pixel from the key colour is a weighted mean of its own
/// and its neighbours'.
/// Shape: equal sizes, no overlap. Exact: the same bytes on every machine.
/// Source: the chroma key filter of OBS Studio (chroma_key_filter_v2.effect), on the Cb, Cr plane
/// of BT.709. Unlike there, distances are relative to the saturation of the key colour, so that the
/// same similarity suits bright and dark screens.
void apply_chroma_key(const scene::ChromaKeyFilter& filter,
                      frame::ImageView<const frame::PremulRgba8> source,
                      frame::ImageView<frame::PremulRgba8> target);

}  // namespace layercast::content
