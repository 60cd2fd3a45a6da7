#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace layercast::tools {

/// The width of the terminal on standard output; 100 when that is none, or does not say.
size_t terminal_columns();

/// `text` with every line broken at spaces so that it fits in `columns`. The further lines of an
/// entry begin at column `indent`, as its description does; those of other lines are indented as
/// their first line is.
std::string wrapped_help(std::string_view text, size_t columns, size_t indent);

}  // namespace layercast::tools
