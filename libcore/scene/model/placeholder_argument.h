#pragma once

#include "base/error.h"
#include "scene/model/placeholder.h"

#include <optional>
#include <string_view>

/// The placeholders between their braces. Only placeholder.cc includes this header.
namespace layercast::scene {

/// The part of a placeholder, or its fault, whose offset is 0.
using PartOrFault = base::Result<TextPart, PlaceholderFault>;

/// Parses the text between the braces.
PartOrFault parse_placeholder(std::string_view inside);

/// The warning about a time as the argument of `countdown`, where it looks like a duration: 10:00
/// is ten o'clock, not ten minutes.
std::optional<PlaceholderFault> ambiguity_of(std::string_view inside, const TextPart& part);

}  // namespace layercast::scene
