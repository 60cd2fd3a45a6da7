#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace layercast::base {

/// The offset of the first byte that is not part of well-formed UTF-8; nullopt when there is none.
/// NUL counts as ill-formed, since no text of this program contains it.
/// Source: Unicode 15, table 3-7. Thread: any.
std::optional<size_t> invalid_utf8_offset(std::string_view text);

}  // namespace layercast::base
