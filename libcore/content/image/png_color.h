#pragma once

#include "content/image/vips_decode.h"

#include <string_view>

namespace layercast::content {

/// Reads what the chunks before the pixels say about the colours, in the standard's order of
/// precedence: cICP, iCCP, sRGB, then gAMA with or without cHRM. Shape: `bytes` is a PNG file.
/// As in browsers, a chunk that is damaged or not supported counts as absent, a damaged cHRM chunk
/// makes its gAMA chunk count as absent, cHRM alone says nothing, and gAMA alone says nothing when
/// it is within 5 % of sRGB's.
/// Source: PNG Specification, third edition, sections 4.3 and 11.3.2.
ColorHint png_color(std::string_view bytes);

}  // namespace layercast::content
