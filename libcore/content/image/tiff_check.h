#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace layercast::content {

/// Why libvips would show wrong colours for a TIFF file without an error, such as `photometric
/// interpretation 9`; empty for other files, damaged ones included.
/// Source: TIFF 6.0, section 2; Adobe's TIFF Technical Notes; the BigTIFF design of libtiff.
std::optional<std::string> unsupported_in_tiff(std::string_view bytes);

}  // namespace layercast::content
