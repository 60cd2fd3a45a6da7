#pragma once

#include "tools/common/option_table.h"

#include <string>
#include <string_view>
#include <vector>

/// Building blocks for the completions of all tools.
namespace layercast::tools {

using Names = std::vector<std::string_view>;

/// The file extensions for a completion; empty: any file.
const Names& extensions_of(Completion completion);
/// The argument of the tool's hidden `complete` command for such words; empty when it offers none.
std::string_view asked_words(Completion completion);
/// `render_frames`: the tool's name for shell identifiers.
std::string identifier(const OptionTable& table);
/// `'…'` for bash and zsh.
std::string quoted(std::string_view text);
/// `page` with the tool's names filled in.
std::string filled(std::string_view page, const OptionTable& table);
/// Whether completion offers values for the option.
bool has_offers(const Option& option);

/// The beginning of a bash completion, with the function that completes files.
extern const std::string_view kBashHead;
/// A bash command that offers words, with a line break.
std::string bash_offer(const std::string& words);
/// A bash command that offers files, with a line break.
std::string bash_files(const OptionTable& table, Completion completion);

/// `text` escaped for an _arguments specification.
std::string zsh_plain(std::string_view text);
/// The action that offers files or the tool's words.
std::string zsh_files(Completion completion);
/// `:VALUE:action`
std::string zsh_value(std::string_view value, const Names& choices, Completion completion);
/// The _arguments specification of an option.
std::string zsh_spec(const Option& option);

/// The beginning of a fish completion, with the function that completes files.
extern const std::string_view kFishHead;
/// `'…'` for fish, which has two escapes in quotes.
std::string fish_quoted(std::string_view text);
/// The options of `complete` that offer files or the tool's words.
std::string fish_files(const OptionTable& table, Completion completion);
/// The `complete` line of an option. `condition`: when it applies; empty: always.
std::string fish_line(const OptionTable& table, const Option& option, const std::string& condition);

}  // namespace layercast::tools
