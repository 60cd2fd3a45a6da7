#pragma once

#include "tools/common/option_table.h"

#include <string>

namespace layercast::tools {

/// The completions of a tool with subcommands, as in completions.h.
std::string bash_command_completion(const OptionTable& table);
std::string zsh_command_completion(const OptionTable& table);
std::string fish_command_completion(const OptionTable& table);

}  // namespace layercast::tools
