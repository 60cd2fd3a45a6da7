#pragma once

#include "scene/model/scene.h"

#include <optional>
#include <string>
#include <string_view>

namespace layercast::scene {

/// Reads `linear-gradient([angle | to side-or-corner,] color [percent], …)` and
/// `radial-gradient([circle | ellipse,] color [percent], …)` with at least two stops.
/// Source: W3C CSS Images Level 3, section 3.
std::optional<Gradient> parse_gradient(std::string_view text);

/// The CSS form, which reads back equal.
std::string gradient_text(const Gradient& gradient);

}  // namespace layercast::scene
