#pragma once

#include "tools/common/option_table.h"

#include <string>
#include <string_view>

namespace layercast::tools {

/// `text` as mdoc(7) lines that show it literally: one sentence per line, each with a line break;
/// empty for an empty text.
std::string mdoc_lines(std::string_view text);

/// `text` as one argument of an mdoc macro.
std::string mdoc_argument(std::string_view text);

/// The OPTIONS section: a list for each group of options.
std::string mdoc_options(const OptionTable& table);

/// The COMMANDS section: the subcommands with their arguments and options.
std::string mdoc_commands(const OptionTable& table);

}  // namespace layercast::tools
