#pragma once

#include "tools/common/option_table.h"

#include <string>

namespace layercast::tools {

/// A tool's completion for each shell, as the text of the file that the shell loads.
std::string bash_completion(const OptionTable& table);
std::string zsh_completion(const OptionTable& table);
std::string fish_completion(const OptionTable& table);

}  // namespace layercast::tools
