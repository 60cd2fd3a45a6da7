#pragma once

#include <string_view>
#include <vector>

namespace layercast::content {

/// The letters in the texts of an SVG that no font has, each once, in their order; at most the
/// first 300. The fonts are those that the renderer, librsvg, uses: fontconfig's present ones.
/// `svg`: a document that passed check_svg(). Thread: any.
std::vector<char32_t> missing_letters_in_svg(std::string_view svg);

}  // namespace layercast::content
