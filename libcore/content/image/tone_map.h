#pragma once

#include "content/image/stored_color.h"

#include <memory>

namespace layercast::content {

/// Converts PQ or HLG to 8-bit sRGB as Chromium does: light relative to the reference white of
/// 203 nits in BT.2020 is multiplied by a gain that depends on the largest component. The gain is
/// constant up to white and follows a Bézier curve from there to the brightest content, which
/// becomes
/// 1. Null when the primaries are degenerate.
/// Source: SMPTE ST 2094-50, reference-white tone mapping; ITU-R BT.2100, tables 4 and 5.
/// Maximum error against Chromium 156: 3 levels.
std::unique_ptr<const ToSrgb::Converter> tone_mapping(const StoredColor& color, PixelLayout layout);

}  // namespace layercast::content
