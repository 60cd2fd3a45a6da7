#pragma once

#include "scene/model/length.h"
#include "scene/wire/codec.h"

#include <optional>
#include <string>
#include <string_view>

/// Codecs of lengths in px and percent, for the tables of objects.
namespace layercast::scene {

/// Reads `50%` or `calc(50% - 20px)`, in any order of the two; nullopt for other texts.
/// Source: CSS Values and Units Module Level 3, sections 5.1.1 and 8.1.
std::optional<Length> parse_relative_length(std::string_view text);
/// The length as parse_relative_length() reads it. Range: a length with a percentage.
std::string relative_length_text(const Length& length);

/// A position in the parent: [x, y], each in px or relative to the parent.
Codec<LengthPoint> length_point();
/// The size of a box: [width, height], each in px or relative to the parent.
Codec<LengthSize> length_size();
/// A point of a box that spans 0 to 1, as numbers or by its name: `center`, `top-left`, `bottom` …
Codec<base::PointF> anchor();

}  // namespace layercast::scene
