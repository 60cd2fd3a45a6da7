#pragma once

#include <string_view>

namespace layercast::content {

/// Whether a GIF file ends at a block boundary. libvips silently accepts files that are truncated
/// inside a block. Source: GIF89a Specification, appendix B.
bool is_whole_gif(std::string_view bytes);

}  // namespace layercast::content
