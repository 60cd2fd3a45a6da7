#pragma once

#include <string_view>

namespace layercast::content {

/// Whether a GIF file ends between its blocks, not inside one: libvips takes one that is cut short
/// for a shorter one. Source: GIF89a Specification, appendix B.
bool is_whole_gif(std::string_view bytes);

}  // namespace layercast::content
