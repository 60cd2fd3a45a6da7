#pragma once

#include "tools/common/option_table.h"

#include <string>
#include <string_view>

namespace layercast::tools {

/// Text as lines of mdoc(7) that show it literally, one sentence a line, ending in a line break;
/// nothing for no text.
std::string mdoc_lines(std::string_view text);

/// Text as one argument of an mdoc macro.
std::string mdoc_argument(std::string_view text);

/// A list of a tool's options under a heading for each group: what stands in OPTIONS.
std::string mdoc_options(const OptionTable& table);

/// A list of a tool's subcommands, with the words and options of each: what stands in COMMANDS.
std::string mdoc_commands(const OptionTable& table);

}  // namespace layercast::tools
