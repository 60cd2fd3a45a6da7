#pragma once

#include "tools/common/option_table.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::tools {

/// The groups of `table` with the options that every tool answers by itself: --help, --version.
std::vector<OptionGroup> all_groups(const OptionTable& table);

/// The options of all_groups(), in their order.
std::vector<Option> all_options(const OptionTable& table);

/// An option's help up to where it goes into detail, without a full stop: what fits a shell's list.
std::string brief(std::string_view help);

/// `-o` and `--output`, those that there are.
std::vector<std::string> spellings(const Option& option);

/// `parts` with `between` between them.
std::string joined(const std::vector<std::string>& parts, std::string_view between);
std::string joined(const std::vector<std::string_view>& parts, std::string_view between);

/// `text` with every `from` replaced.
std::string replaced(std::string text, std::string_view from, std::string_view to);

}  // namespace layercast::tools
