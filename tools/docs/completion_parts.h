#pragma once

#include "tools/common/option_table.h"

#include <string>
#include <string_view>
#include <vector>

/// What the completions of all tools are made of.
namespace layercast::tools {

using Names = std::vector<std::string_view>;

/// What a file of this kind ends in; nothing where any file will do.
const Names& extensions_of(Completion completion);
/// What the tool's hidden `complete` is asked for such a word; empty where it knows nothing.
std::string_view asked_words(Completion completion);
/// `render_frames`, where a shell wants a name without dashes.
std::string identifier(const OptionTable& table);
/// `'…'` for bash and zsh.
std::string quoted(std::string_view text);
/// A page with the tool's names in their places.
std::string filled(std::string_view page, const OptionTable& table);
/// Whether something is offered for the option's value.
bool has_offers(const Option& option);

/// The first lines of a bash completion, with the function that offers files.
extern const std::string_view kBashHead;
/// Offers words, ending in a line break.
std::string bash_offer(const std::string& words);
std::string bash_files(const OptionTable& table, Completion completion);

/// What _arguments takes as plain text in a specification.
std::string zsh_plain(std::string_view text);
std::string zsh_files(Completion completion);
/// `:VALUE:how to complete it`
std::string zsh_value(std::string_view value, const Names& choices, Completion completion);
/// What _arguments is told of an option.
std::string zsh_spec(const Option& option);

/// The first lines of a fish completion, with the function that offers files.
extern const std::string_view kFishHead;
/// `'…'` for fish, which knows two escapes there.
std::string fish_quoted(std::string_view text);
std::string fish_files(const OptionTable& table, Completion completion);
/// `condition`: when it is offered; empty: always.
std::string fish_line(const OptionTable& table, const Option& option, const std::string& condition);

}  // namespace layercast::tools
