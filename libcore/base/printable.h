#pragma once

#include <string>
#include <string_view>

namespace layercast::base {

/// `text` on one line that a terminal does not interpret: control characters (C0, DEL, C1), line
/// and paragraph separators, overrides of the writing direction and bytes that are not UTF-8 are
/// written as `\n`, `\x1b` or `\u202e`. All other characters, backslashes included, stay as they
/// are. Thread: any.
std::string printable(std::string_view text);

}  // namespace layercast::base
