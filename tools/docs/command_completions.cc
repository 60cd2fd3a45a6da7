#include "tools/docs/command_completions.h"

#include "tools/docs/completion_parts.h"
#include "tools/docs/option_text.h"

#include <algorithm>
#include <limits>

namespace layercast::tools {
namespace {

/// --- All shells ---

std::vector<Subcommand> told_commands(const OptionTable& table) {
  std::vector<Subcommand> commands = table.subcommands;
  std::erase_if(commands, [](const Subcommand& each) { return each.help.empty(); });
  return commands;
}

// `outputs` of `outputs add`; empty for a command of one word.
std::string group_of(const Subcommand& command) {
  const size_t space = command.name.find(' ');
  return space == std::string_view::npos ? "" : std::string(command.name.substr(0, space));
}

std::string own_name(const Subcommand& command) {
  const std::string group = group_of(command);
  return std::string(group.empty() ? command.name : command.name.substr(group.size() + 1));
}

std::vector<std::string> groups_of(const OptionTable& table) {
  std::vector<std::string> groups;
  for (const Subcommand& each : told_commands(table)) {
    const std::string group = group_of(each);
    const bool is_known = std::ranges::find(groups, group) != groups.end();
    if (!group.empty() && !is_known) groups.push_back(group);
  }
  return groups;
}

std::vector<Subcommand> commands_in(const OptionTable& table, const std::string& group) {
  std::vector<Subcommand> commands = told_commands(table);
  std::erase_if(commands, [&](const Subcommand& each) { return group_of(each) != group; });
  return commands;
}

// The valid first words, or those after the name of a group.
std::vector<std::string> first_words(const OptionTable& table, const std::string& group) {
  std::vector<std::string> words;
  for (const Subcommand& each : commands_in(table, group)) words.push_back(own_name(each));
  if (group.empty()) {
    for (const std::string& each : groups_of(table)) words.push_back(each);
  }
  return words;
}

std::string group_help(const OptionTable& table, const std::string& group) {
  return joined(first_words(table, group), ", ");
}

// Every spelling of an option that takes a value.
std::vector<std::string> value_options(const OptionTable& table) {
  std::vector<std::string> names;
  const auto add = [&](const Option& option) {
    if (option.arity == Arity::kFlag) return;
    for (std::string& name : spellings(option)) {
      if (std::ranges::find(names, name) == names.end()) names.push_back(std::move(name));
    }
  };
  for (const Option& option : all_options(table)) add(option);
  for (const Subcommand& each : told_commands(table)) std::ranges::for_each(each.options, add);
  return names;
}

// The options that select the daemon or scene file: those of the first group.
std::vector<std::string> where_options(const OptionTable& table) {
  std::vector<std::string> names;
  for (const Option& option : table.groups.front().options) {
    names.push_back("--" + std::string(option.name));
  }
  return names;
}

std::vector<std::string> all_spellings(const std::vector<Option>& options) {
  std::vector<std::string> names;
  for (const Option& option : options) {
    for (std::string& name : spellings(option)) names.push_back(std::move(name));
  }
  return names;
}

bool takes_several(const Positional& positional) {
  return positional.count == Count::kAny || positional.count == Count::kSeveral;
}

bool has_offers(const Positional& positional) {
  return !positional.choices.empty() || positional.completion != Completion::kNothing;
}

// `key=`, which the value follows without a space.
bool are_keys(const Positional& positional) {
  return positional.completion == Completion::kProperty ||
         (!positional.choices.empty() && positional.choices.front().ends_with('='));
}

/// --- bash ---

constexpr std::string_view kBashPage =
    R"bash(# Offers what the tool itself knows: ids, or the keys of a layer.
_layercast_@ID@_words() {
  mapfile -t COMPREPLY < <(
    compgen -W "$("${words[0]}" "${how[@]}" complete "$@" 2>/dev/null)" -- "$cur"
  )
}

# Offers what may be the value of an option, of a command or of the tool.
_layercast_@ID@_value() {
  case "$command $option" in
@VALUES@  esac
}

# Offers the options that may stand here.
_layercast_@ID@_options() {
  local options='@OPTIONS@'
  case $command in
@COMMAND_OPTIONS@  esac
  mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")
}

# Offers what may be the next word of a command.
_layercast_@ID@_word() {
  case "$command:${#args[@]}" in
@WORDS@  esac
}

_layercast_@ID@() {
  local line=${COMP_LINE:0:COMP_POINT} option='' command='' cur typed word i
  local -a words how args
  COMPREPLY=()
  read -ra words <<<"$line"
  if [[ $line == *[[:space:]] ]]; then words+=(''); fi
  cur=${words[-1]} typed=${words[-1]}
  for ((i = 1; i < ${#words[@]} - 1; ++i)); do
    word=${words[i]}
    if [[ $option ]]; then
      case $option in
        @WHERE@) how+=("$option" "$word") ;;
      esac
      option=''
      continue
    fi
    case $word in
      @WHERE_EQUALS@) how+=("$word") ;;
      @VALUE_OPTIONS@) option=$word ;;
      -*) ;;
      *)
        case $command in
          '' | @GROUPS@) command+=${command:+ }$word ;;
          *) args+=("$word") ;;
        esac
        ;;
    esac
  done

  if [[ -z $option && $cur == --*=* ]]; then
    option=${cur%%=*} cur=${cur#*=} typed=''
  fi
  if [[ $option ]]; then
    _layercast_@ID@_value
  elif [[ $cur == -* ]]; then
    _layercast_@ID@_options
  else
    _layercast_@ID@_word
  fi
  # Only what follows the last = or : is replaced.
  COMPREPLY=("${COMPREPLY[@]#"${typed%"${typed##*[=:]}"}"}")
}

complete -F _layercast_@ID@ @TOOL@
)bash";

std::string bash_words(const OptionTable& table, const Names& choices, Completion completion) {
  if (!choices.empty()) return bash_offer(joined(choices, " "));
  const std::string_view asked = asked_words(completion);
  if (asked.empty()) return bash_files(table, completion);
  std::string call = "_layercast_" + identifier(table) + "_words " + std::string(asked);
  if (completion == Completion::kProperty) call += " \"${args[0]}\"";
  return call + "\n";
}

std::string bash_case(const std::string& patterns, const std::string& act) {
  return "    " + patterns + ")\n      " + act + "      ;;\n";
}

std::string bash_values(const OptionTable& table) {
  std::string cases;
  const auto add = [&](const Option& option, const std::string& before) {
    if (option.arity == Arity::kFlag || !has_offers(option)) return;
    std::vector<std::string> patterns;
    for (const std::string& name : spellings(option)) patterns.push_back(before + name + "\"");
    cases +=
        bash_case(joined(patterns, " | "), bash_words(table, option.choices, option.completion));
  };
  for (const Subcommand& each : told_commands(table)) {
    for (const Option& option : each.options) add(option, "\"" + std::string(each.name) + " ");
  }
  for (const Option& option : all_options(table)) add(option, "*\" ");
  return cases;
}

std::string bash_next_words(const OptionTable& table) {
  std::string cases;
  std::vector<std::string> groups = groups_of(table);
  groups.insert(groups.begin(), "");
  for (const std::string& group : groups) {
    cases += bash_case(group + ":0", bash_offer(joined(first_words(table, group), " ")));
  }
  for (const Subcommand& each : told_commands(table)) {
    for (size_t i = 0; i < each.positionals.size(); ++i) {
      const Positional& positional = each.positionals[i];
      if (!has_offers(positional)) continue;
      const std::string place = takes_several(positional) ? "\"*" : std::to_string(i) + "\"";
      std::string act = bash_words(table, positional.choices, positional.completion);
      if (are_keys(positional)) act += "      compopt -o nospace 2>/dev/null\n";
      cases += bash_case("\"" + std::string(each.name) + ":" + place, act);
    }
  }
  return cases;
}

std::string bash_command_options(const OptionTable& table) {
  std::string cases;
  for (const Subcommand& each : told_commands(table)) {
    if (each.options.empty()) continue;
    cases += "    " + quoted(each.name) +
             ") options+=" + quoted(" " + joined(all_spellings(each.options), " ")) + " ;;\n";
  }
  return cases;
}

/// --- zsh ---

constexpr std::string_view kZshPage = R"zsh(#compdef @TOOL@
# zsh completion for @TOOL@(1)
# Written by `tools/dev docs` from the tool's table of options: change that, not this.

# Offers what the tool itself knows: ids, or the keys of a layer.
_layercast_words() {
  local -a said
  said=(${(f)"$($layercast_tool $layercast_how complete $1 ${(Q)line[1]} 2>/dev/null)"})
  if [[ $1 == paths ]]; then
    compadd -S '' -- $said
  else
    compadd -- $said
  fi
}

_@ID@() {
  local curcontext=$curcontext state layercast_tool=${(Q)words[1]}
  local -a line layercast_how layercast_options layercast_commands
  local -A opt_args
  integer i
  for (( i = 2; i < $#words; ++i )); do
    case $words[i] in
      (@WHERE@) layercast_how+=($words[i] ${(Q)words[++i]}) ;;
      (@WHERE_EQUALS@) layercast_how+=(${(Q)words[i]}) ;;
    esac
  done
  layercast_options=(
@OPTIONS@  )
  _arguments -C -s -S $layercast_options '(-): :->command' '(-)*:: :->argument' && return
  if [[ $state == command ]]; then
    layercast_commands=(
@FIRST@    )
    _describe -t commands command layercast_commands
    return
  fi
  case $words[1] in
@COMMANDS@  esac
}

_@ID@ "$@"
)zsh";

// `'ls:List the layers'`, one per line.
std::string zsh_descriptions(const OptionTable& table, const std::string& group,
                             const std::string& indent) {
  std::string lines;
  for (const Subcommand& each : commands_in(table, group)) {
    lines += indent + quoted(own_name(each) + ":" + brief(each.help)) + "\n";
  }
  if (!group.empty()) return lines;
  for (const std::string& each : groups_of(table)) {
    lines += indent + quoted(each + ":" + group_help(table, each)) + "\n";
  }
  return lines;
}

std::string zsh_positional(const Positional& positional, size_t place) {
  std::string spec = takes_several(positional) ? "*" : std::to_string(place);
  if (positional.count == Count::kAtMostOne) spec += ":";
  if (are_keys(positional) && !positional.choices.empty()) {
    return quoted(spec + ":" + zsh_plain(positional.value) + ":{compadd -S \"\" -- " +
                  joined(positional.choices, " ") + "}");
  }
  return quoted(spec + zsh_value(positional.value, positional.choices, positional.completion));
}

std::string zsh_command(const Subcommand& command, const std::string& indent) {
  std::string text =
      indent + "(" + own_name(command) + ")\n" + indent + "  _arguments -s -S $layercast_options";
  for (const Option& option : command.options) text += " \\\n" + indent + "    " + zsh_spec(option);
  for (size_t i = 0; i < command.positionals.size(); ++i) {
    text += " \\\n" + indent + "    " + zsh_positional(command.positionals[i], i + 1);
  }
  return text + "\n" + indent + "  ;;\n";
}

std::string zsh_group(const OptionTable& table, const std::string& group) {
  std::string text = "    (" + group +
                     ")\n"
                     "      _arguments -C -s -S $layercast_options '(-): :->command' "
                     "'(-)*:: :->argument' && return\n"
                     "      if [[ $state == command ]]; then\n"
                     "        layercast_commands=(\n" +
                     zsh_descriptions(table, group, "          ") +
                     "        )\n"
                     "        _describe -t commands command layercast_commands\n"
                     "        return\n"
                     "      fi\n"
                     "      case $words[1] in\n";
  for (const Subcommand& each : commands_in(table, group)) text += zsh_command(each, "        ");
  return text + "      esac\n      ;;\n";
}

/// --- fish ---

constexpr std::string_view kFishPage = R"fish(
# The command on the line, and on lines of their own the words after it.
function __layercast_@ID@_line
    set -l command
    set -l rest
    set -l awaits no
    for word in (commandline -opc)[2..]
        if test $awaits = yes
            set awaits no
        else if contains -- $word @VALUE_OPTIONS@
            set awaits yes
        else if not string match -q -- '-*' $word
            if contains -- "$command" '' @GROUPS@
                set command (string trim -- "$command $word")
            else
                set -a rest $word
            end
        end
    end
    printf '%s\n' "$command" $rest
end

# Whether the command is this one, with so many words after it: at least, at most.
function __layercast_@ID@_at
    set -l line (__layercast_@ID@_line)
    test "$line[1]" = "$argv[1]"; or return 1
    set -q argv[2]; or return 0
    set -l place (math (count $line) - 1)
    test $place -ge $argv[2]; and test $place -le $argv[3]
end

# Offers what the tool itself knows: ids, or the keys of a layer.
function __layercast_@ID@_words
    set -l how
    set -l option
    for word in (commandline -opc)[2..]
        if test -n "$option"
            set -a how $option $word
            set option
        else if contains -- $word @WHERE@
            set option $word
        else if string match -qr -- '^(@WHERE_PATTERN@)=' $word
            set -a how $word
        end
    end
    set -l line (__layercast_@ID@_line)
    @TOOL@ $how complete $argv $line[2] 2>/dev/null
end

)fish";

std::string fish_at(const OptionTable& table, const std::string& command, size_t least,
                    size_t most) {
  return "__layercast_" + identifier(table) + "_at " + fish_quoted(command) + " " +
         std::to_string(least) + " " + std::to_string(most);
}

std::string fish_words(const OptionTable& table, const std::string& group) {
  std::string lines;
  const auto add = [&](const std::string& word, const std::string& help) {
    lines += "complete -c " + std::string(table.tool) + " -n " +
             fish_quoted(fish_at(table, group, 0, 0)) + " -f -a " + fish_quoted(word) + " -d " +
             fish_quoted(help) + "\n";
  };
  for (const Subcommand& each : commands_in(table, group)) add(own_name(each), brief(each.help));
  if (!group.empty()) return lines;
  for (const std::string& each : groups_of(table)) add(each, group_help(table, each));
  return lines;
}

std::string fish_command(const OptionTable& table, const Subcommand& command) {
  std::string lines;
  const std::string name(command.name);
  for (const Option& option : command.options) {
    lines +=
        fish_line(table, option, "__layercast_" + identifier(table) + "_at " + fish_quoted(name));
  }
  for (size_t i = 0; i < command.positionals.size(); ++i) {
    const Positional& positional = command.positionals[i];
    if (!has_offers(positional)) continue;
    constexpr size_t kMost = 9999;
    const std::string at = fish_at(table, name, i, takes_several(positional) ? kMost : i);
    lines += "complete -c " + std::string(table.tool) + " -n " + fish_quoted(at);
    lines += positional.choices.empty() ? fish_files(table, positional.completion)
                                        : " -f -a " + fish_quoted(joined(positional.choices, " "));
    lines += "\n";
  }
  return lines;
}

}  // namespace

std::string bash_command_completion(const OptionTable& table) {
  std::vector<std::string> with_equals;
  for (const std::string& name : where_options(table)) with_equals.push_back(name + "=*");
  std::string page(kBashHead);
  page += kBashPage;
  page = replaced(page, "@VALUES@", bash_values(table));
  page = replaced(page, "@COMMAND_OPTIONS@", bash_command_options(table));
  page = replaced(page, "@OPTIONS@", joined(all_spellings(all_options(table)), " "));
  page = replaced(page, "@WORDS@", bash_next_words(table));
  page = replaced(page, "@WHERE@", joined(where_options(table), " | "));
  page = replaced(page, "@WHERE_EQUALS@", joined(with_equals, " | "));
  page = replaced(page, "@VALUE_OPTIONS@", joined(value_options(table), " | "));
  page = replaced(page, "@GROUPS@", joined(groups_of(table), " | "));
  return filled(page, table);
}

std::string zsh_command_completion(const OptionTable& table) {
  std::vector<std::string> with_equals;
  for (const std::string& name : where_options(table)) with_equals.push_back(name + "=*");
  std::string options;
  for (const Option& option : all_options(table)) options += "    " + zsh_spec(option) + "\n";
  std::string commands;
  for (const Subcommand& each : commands_in(table, "")) commands += zsh_command(each, "    ");
  for (const std::string& group : groups_of(table)) commands += zsh_group(table, group);
  std::string page(kZshPage);
  page = replaced(page, "@WHERE@", joined(where_options(table), "|"));
  page = replaced(page, "@WHERE_EQUALS@", joined(with_equals, "|"));
  page = replaced(page, "@OPTIONS@", options);
  page = replaced(page, "@FIRST@", zsh_descriptions(table, "", "      "));
  page = replaced(page, "@COMMANDS@", commands);
  return filled(page, table);
}

std::string fish_command_completion(const OptionTable& table) {
  std::string page(kFishHead);
  page += kFishPage;
  page = replaced(page, "@VALUE_OPTIONS@", joined(value_options(table), " "));
  page = replaced(page, "@GROUPS@", joined(groups_of(table), " "));
  page = replaced(page, "@WHERE@", joined(where_options(table), " "));
  page = replaced(page, "@WHERE_PATTERN@", joined(where_options(table), "|"));
  for (const Option& option : all_options(table)) page += fish_line(table, option, {});
  page += fish_words(table, "");
  for (const std::string& group : groups_of(table)) page += fish_words(table, group);
  for (const Subcommand& each : told_commands(table)) page += fish_command(table, each);
  return filled(page, table);
}

}  // namespace layercast::tools
