#pragma once

#include "tools/common/option_table.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::tools {

/// The groups of `table`, including --help and --version, which all tools have.
std::vector<OptionGroup> all_groups(const OptionTable& table);

/// The options of all_groups() in order.
std::vector<Option> all_options(const OptionTable& table);

/// An option's help up to the first detail, without a full stop, for completion lists.
std::string brief(std::string_view help);

/// `-o` and `--output`; only the latter when there is no letter.
std::vector<std::string> spellings(const Option& option);

/// `parts` with the separator `between`.
std::string joined(const std::vector<std::string>& parts, std::string_view between);
std::string joined(const std::vector<std::string_view>& parts, std::string_view between);

/// `text` with every `from` replaced by `to`.
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace layercast::tools
