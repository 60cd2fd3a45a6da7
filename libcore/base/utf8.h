#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace layercast::base {

/// Where the first byte lies that is not part of well-formed UTF-8, or nullopt.
/// Source: Unicode 15, table 3-7. NUL counts as not well-formed: no text here holds one.
std::optional<size_t> invalid_utf8_offset(std::string_view text);

}  // namespace layercast::base
