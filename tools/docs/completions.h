#pragma once

#include "tools/common/option_table.h"

#include <string>

namespace layercast::tools {

/// The completion file of a tool for each shell.
std::string bash_completion(const OptionTable& table);
std::string zsh_completion(const OptionTable& table);
std::string fish_completion(const OptionTable& table);

}  // namespace layercast::tools
