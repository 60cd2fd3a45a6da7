#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace layercast::content {

/// What browsers show of an SVG and the renderer, librsvg, leaves out without a word: elements,
/// references to other files, features of CSS. One line for each kind, such as `the SVG has
/// <foreignObject>, which is not drawn`. `text`: a document that passed check_svg().
std::vector<std::string> unsupported_in_svg(std::string_view text);

}  // namespace layercast::content
