#include "tools/docs/completions.h"

#include "tools/docs/command_completions.h"
#include "tools/docs/completion_parts.h"
#include "tools/docs/option_text.h"

#include <string_view>
#include <vector>

namespace layercast::tools {

// ---- Parts --------------------------------------------------------------------------------------

const Names& extensions_of(Completion completion) {
  static const Names any;
  static const Names scenes = {"yaml", "yml"};
  static const Names pictures = {"png", "jpg", "jpeg"};
  static const Names media = {"mp4", "mkv",  "webm", "mov", "flv",  "ts",  "m3u8",
                              "y4m", "rgba", "png",  "jpg", "webp", "wav", "mp3",
                              "m4a", "aac",  "flac", "ogg", "opus"};
  switch (completion) {
    case Completion::kSceneFile:
      return scenes;
    case Completion::kMediaFile:
      return media;
    case Completion::kPictureFile:
      return pictures;
    case Completion::kNothing:
    case Completion::kFile:
    case Completion::kLayer:
    case Completion::kSound:
    case Completion::kOutput:
    case Completion::kProperty:
      return any;
  }
  return any;
}

std::string_view asked_words(Completion completion) {
  if (completion == Completion::kLayer) return "ids";
  if (completion == Completion::kSound) return "sounds";
  if (completion == Completion::kOutput) return "outputs";
  return completion == Completion::kProperty ? "paths" : "";
}

std::string identifier(const OptionTable& table) {
  return replaced(std::string(table.tool), "-", "_");
}

std::string quoted(std::string_view text) {
  return "'" + replaced(std::string(text), "'", R"('\'')") + "'";
}

std::string filled(std::string_view page, const OptionTable& table) {
  return replaced(replaced(std::string(page), "@ID@", identifier(table)), "@TOOL@", table.tool);
}

// --- bash ---

const std::string_view kBashHead =
    R"bash(# bash completion for @TOOL@(1)
# Written by `tools/dev docs` from the tool's table of options: change that, not this.

# Offers folders and the files that end in one of the named extensions; without any, all files.
_layercast_@ID@_files() {
  local extension pattern
  if declare -F _filedir >/dev/null; then
    pattern=$(IFS='|' && printf '%s' "$*")
    _filedir ${pattern:+"@($pattern)"}
    return
  fi
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(
    if (($# == 0)); then
      compgen -f -- "$cur"
    else
      compgen -d -- "$cur"
      for extension; do compgen -f -X "!*.$extension" -- "$cur"; done
    fi
  )
}

)bash";

namespace {

constexpr std::string_view kBashPage =
    R"bash(_layercast_@ID@() {
  # shellcheck disable=SC2034  # _init_completion sets them all
  local cur prev words cword split=false
  if declare -F _init_completion >/dev/null; then
    _init_completion -s || return
  else
    cur=${COMP_WORDS[COMP_CWORD]}
    prev=${COMP_WORDS[COMP_CWORD - 1]}
    # --option=value comes as three words.
    if [[ $cur == = ]]; then
      cur='' split=true
    elif [[ $prev == = ]] && ((COMP_CWORD >= 2)); then
      prev=${COMP_WORDS[COMP_CWORD - 2]} split=true
    fi
  fi
  COMPREPLY=()

  case $prev in
@CASES@  esac
  if [[ $split == true ]]; then return; fi

@REST@}

complete -F _layercast_@ID@ @TOOL@
)bash";

}  // namespace

std::string bash_offer(const std::string& words) {
  return "mapfile -t COMPREPLY < <(compgen -W " + quoted(words) + " -- \"$cur\")\n";
}

std::string bash_files(const OptionTable& table, Completion completion) {
  const Names& extensions = extensions_of(completion);
  std::string call = "_layercast_" + identifier(table) + "_files";
  if (!extensions.empty()) call += " " + joined(extensions, " ");
  return call + "\n";
}

bool has_offers(const Option& option) {
  return !option.choices.empty() || option.completion != Completion::kNothing;
}

namespace {

// The case branches for the value of each option.
std::string bash_cases(const OptionTable& table) {
  std::string cases;
  std::vector<std::string> free;
  for (const Option& option : all_options(table)) {
    if (option.arity == Arity::kFlag) continue;
    const std::vector<std::string> names = spellings(option);
    if (!has_offers(option)) {
      free.insert(free.end(), names.begin(), names.end());
      continue;
    }
    cases += "    " + joined(names, " | ") + ")\n      ";
    cases += option.choices.empty() ? bash_files(table, option.completion)
                                    : bash_offer(joined(option.choices, " "));
    cases += "      return\n      ;;\n";
  }
  return cases + "    " + joined(free, " | ") + ") return ;;\n";
}

// --- zsh ---

constexpr std::string_view kZshPage = R"zsh(#compdef @TOOL@
# zsh completion for @TOOL@(1)
# Written by `tools/dev docs` from the tool's table of options: change that, not this.

_arguments -s -S \
@SPECS@)zsh";

}  // namespace

std::string zsh_plain(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ':' || c == '[' || c == ']') out += '\\';
    out += c;
  }
  return out;
}

std::string zsh_files(Completion completion) {
  if (const auto words = asked_words(completion); !words.empty()) {
    return " _layercast_words " + std::string(words);  // the space suppresses zsh's own words
  }
  const Names& extensions = extensions_of(completion);
  if (extensions.empty()) return "_files";
  return "_files -g \"*.(" + joined(extensions, "|") + ")(-.)\"";
}

std::string zsh_value(std::string_view value, const Names& choices, Completion completion) {
  std::string action = " ";
  if (!choices.empty()) {
    action = "(" + joined(choices, " ") + ")";
  } else if (completion != Completion::kNothing) {
    action = zsh_files(completion);
  }
  return ":" + zsh_plain(value) + ":" + action;
}

std::string zsh_spec(const Option& option) {
  const bool is_flag = option.arity == Arity::kFlag;
  const bool stands_alone = option.name == "help" || option.name == "version";
  const bool has_letter = option.letter != '\0';
  const std::string letter = std::string("-") + option.letter + (is_flag ? "" : "+");
  const std::string name = "--" + std::string(option.name) + (is_flag ? "" : "=");
  // Excluded options: the option itself, under both names.
  std::string others;
  if (stands_alone) {
    others = "(- *)";
  } else if (option.arity == Arity::kMany) {
    others = "*";
  } else if (has_letter) {
    others = "(" + joined(spellings(option), " ") + ")";
  }
  std::string text = "[" + zsh_plain(brief(option.help)) + "]";
  if (!is_flag) text += zsh_value(option.value, option.choices, option.completion);
  if (!has_letter) return quoted(others + name + text);
  return quoted(others) + "{" + letter + "," + name + "}" + quoted(text);
}

// --- fish ---

const std::string_view kFishHead =
    R"fish(# fish completion for @TOOL@(1)
# Written by `tools/dev docs` from the tool's table of options: change that, not this.

# Offers folders and the files that end in one of the named extensions.
function __layercast_@ID@_files
    set -l written (commandline -ct | string replace -r -- '^--[^=]*=' '')
    set -l endings (string join '|' -- $argv)
    __fish_complete_path "$written" | string match -r -- "^[^\t]*(?:/|\.(?:$endings))(?:\t.*)?\$"
end

complete -c @TOOL@ -f
)fish";

std::string fish_quoted(std::string_view text) {
  return "'" + replaced(replaced(std::string(text), "\\", "\\\\"), "'", "\\'") + "'";
}

std::string fish_files(const OptionTable& table, Completion completion) {
  if (const auto words = asked_words(completion); !words.empty()) {
    return " -f -a '(__layercast_" + identifier(table) + "_words " + std::string(words) + ")'";
  }
  const Names& extensions = extensions_of(completion);
  if (extensions.empty()) return " -F";
  return " -f -a '(__layercast_" + identifier(table) + "_files " + joined(extensions, " ") + ")'";
}

std::string fish_line(const OptionTable& table, const Option& option,
                      const std::string& condition) {
  std::string line = "complete -c " + std::string(table.tool);
  if (!condition.empty()) line += " -n " + fish_quoted(condition);
  if (option.letter != '\0') line += std::string(" -s ") + option.letter;
  line += " -l " + std::string(option.name);
  if (option.arity != Arity::kFlag) line += " -r";
  if (!option.choices.empty()) {
    line += " -f -a " + fish_quoted(joined(option.choices, " "));
  } else if (option.completion != Completion::kNothing) {
    line += fish_files(table, option.completion);
  } else if (option.arity != Arity::kFlag) {
    line += " -f";
  }
  return line + " -d " + fish_quoted(brief(option.help)) + "\n";
}

std::string bash_completion(const OptionTable& table) {
  if (!table.subcommands.empty()) return bash_command_completion(table);
  std::vector<std::string> words;
  for (const Option& option : all_options(table)) {
    for (std::string& name : spellings(option)) words.push_back(std::move(name));
  }
  const std::string offer = bash_offer(joined(words, " "));
  std::string rest = "  " + offer;
  if (!table.positional.value.empty()) {
    rest = "  if [[ $cur == -* ]]; then\n    " + offer + "  else\n    " +
           bash_files(table, table.positional.completion) + "  fi\n";
  }
  const std::string page =
      replaced(std::string(kBashHead) + std::string(kBashPage), "@CASES@", bash_cases(table));
  return filled(replaced(page, "@REST@", rest), table);
}

std::string zsh_completion(const OptionTable& table) {
  if (!table.subcommands.empty()) return zsh_command_completion(table);
  std::vector<std::string> specs;
  for (const Option& option : all_options(table)) specs.push_back("  " + zsh_spec(option));
  const Positional& positional = table.positional;
  if (!positional.value.empty()) {
    specs.push_back("  " + quoted(zsh_value(positional.value, {}, positional.completion)));
  }
  return filled(replaced(std::string(kZshPage), "@SPECS@", joined(specs, " \\\n") + "\n"), table);
}

std::string fish_completion(const OptionTable& table) {
  if (!table.subcommands.empty()) return fish_command_completion(table);
  std::string page(kFishHead);
  if (!table.positional.value.empty()) {
    page += "complete -c @TOOL@" + fish_files(table, table.positional.completion) + "\n";
  }
  for (const Option& option : all_options(table)) page += fish_line(table, option, {});
  return filled(page, table);
}

}  // namespace layercast::tools
