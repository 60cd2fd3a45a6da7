#include "tools/common/option_table.h"

#include "base/error.h"
#include "base/nearest.h"
#include "base/redaction.h"
#include "tools/common/help_text.h"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <memory>

namespace layercast::tools {
namespace {

// Where the descriptions of --help begin.
constexpr size_t kHelpColumn = 34;

std::string dashed(const Option& option) {
  std::string names = "--" + std::string(option.name);
  if (option.letter != '\0') names = std::string("-") + option.letter + "," + names;
  return names;
}

// The target of CLI11 while it parses an option.
struct Bound {
  const Option* option;
  CLI::Option* parsed;
  std::string value;                ///< of kOne
  std::vector<std::string> values;  ///< of kMany
};

void bind(CLI::App& app, const OptionGroup& group, const Option& option, Bound& bound) {
  bound.option = &option;
  if (option.arity == Arity::kFlag) {
    bound.parsed = app.add_flag(dashed(option))->description(std::string(option.help));
  } else if (option.arity == Arity::kOne) {
    bound.parsed = app.add_option(dashed(option), bound.value, std::string(option.help));
    bound.parsed->type_name(std::string(option.value))->take_last();
  } else {
    bound.parsed = app.add_option(dashed(option), bound.values, std::string(option.help));
    bound.parsed->type_name(std::string(option.value))
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all();
  }
  bound.parsed->group(std::string(group.title));
}

// Whether an option, as given on the command line, takes the next word as its value.
bool takes_next(const OptionTable& table, std::string_view written) {
  const auto is_it = [&](const Option& option) {
    const bool is_letter = written.size() == 2 && written[1] == option.letter;
    const bool is_name = written.starts_with("--") && written.substr(2) == option.name;
    return option.arity != Arity::kFlag && (is_letter || is_name);
  };
  const auto has_it = [&](const auto& part) { return std::ranges::any_of(part.options, is_it); };
  return std::ranges::any_of(table.groups, has_it) ||
         std::ranges::any_of(table.subcommands, has_it);
}

// The first words that are not options: as many as a subcommand name may have.
std::vector<std::string_view> first_words(const OptionTable& table, int argc,
                                          const char* const* argv) {
  std::vector<std::string_view> words;
  for (int i = 1; i < argc && words.size() < 2; ++i) {
    const std::string_view argument = argv[i];
    if (argument == "--") break;
    if (!argument.starts_with('-')) {
      words.push_back(argument);
    } else if (takes_next(table, argument)) {
      ++i;
    }
  }
  return words;
}

// The name of the subcommand on the command line; empty when there is none.
std::string subcommand_on(const OptionTable& table, int argc, const char* const* argv) {
  const auto words = first_words(table, argc, argv);
  for (const auto& each : table.subcommands) {
    const bool is_one = !words.empty() && each.name == words[0];
    const bool is_two =
        words.size() == 2 && each.name == std::string(words[0]) + " " + std::string(words[1]);
    if (is_one || is_two) return std::string(each.name);
  }
  return {};
}

std::string see_help(const OptionTable& table, const std::string& subcommand) {
  return " (see " + std::string(table.tool) + (subcommand.empty() ? "" : " ") + subcommand +
         " --help)";
}

// The name in `known` that `word` most likely means: a synonym first.
std::optional<std::string_view> meant_name(const OptionTable& table, std::string_view word,
                                           const std::vector<std::string_view>& known) {
  for (const Synonym& synonym : table.synonyms) {
    const bool is_known = std::ranges::find(known, synonym.name) != known.end();
    if (synonym.word == word && is_known) return synonym.name;
  }
  return base::nearest_name(word, known);
}

// The message for a missing or unknown subcommand; nullopt when the subcommand is valid.
std::optional<std::string> wrong_subcommand(const OptionTable& table, int argc,
                                            const char* const* argv) {
  if (table.subcommands.empty() || !subcommand_on(table, argc, argv).empty()) return std::nullopt;
  const auto words = first_words(table, argc, argv);
  std::string group;
  std::vector<std::string_view> known;
  const auto collect = [&] {
    known.clear();
    for (const auto& each : table.subcommands) {
      if (!each.help.empty() && each.name.starts_with(group)) {
        known.push_back(each.name.substr(group.size()));
      }
    }
  };
  collect();
  const bool is_group = !words.empty() && std::ranges::any_of(known, [&](std::string_view name) {
    return name.starts_with(std::string(words[0]) + " ");
  });
  if (is_group) group = std::string(words[0]) + " ";
  collect();
  const size_t place = is_group ? 1 : 0;
  std::string message;
  if (words.size() <= place) {
    message = is_group ? "\"" + std::string(words[0]) + "\" needs one of"
                       : "no command is given, expected one of";
    for (const auto& name : known)
      message += (name == known.front() ? " " : ", ") + std::string(name);
  } else {
    message = "unknown command \"" + group + std::string(words[place]) + "\"";
    if (const auto name = meant_name(table, words[place], known)) {
      message += "; did you mean \"" + group + std::string(*name) + "\"?";
    }
  }
  return message + see_help(table, {});
}

// Hides the keys of URLs, because an argument in the wrong place may be one.
std::string without_keys(std::string message, int argc, const char* const* argv) {
  for (int i = 1; i < argc; ++i) {
    std::string_view word = argv[i];
    if (word.starts_with('-')) word.remove_prefix(std::min(word.find('=') + 1, word.size()));
    message = base::redacted_text(message, word, base::UrlUse::kOutput);
  }
  return message;
}

// Adds the nearest known name to CLI11's message for an unknown option.
std::string with_suggestion(const OptionTable& table, std::string message, int argc,
                            const char* const* argv) {
  if (auto wrong = wrong_subcommand(table, argc, argv)) {
    return without_keys(*std::move(wrong), argc, argv);
  }
  const std::string name = subcommand_on(table, argc, argv);
  std::vector<std::string_view> known = {"help", "version"};
  for (const auto& group : table.groups) {
    for (const auto& option : group.options) known.push_back(option.name);
  }
  for (const auto& subcommand : table.subcommands) {
    if (subcommand.name != name) continue;
    for (const auto& option : subcommand.options) known.push_back(option.name);
  }
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
    if (argument == "--" && !table.subcommands.empty()) break;
    if (!argument.starts_with("--") || argument == "--") continue;
    argument.remove_prefix(2);
    argument = argument.substr(0, argument.find('='));
    if (std::find(known.begin(), known.end(), argument) != known.end()) continue;
    message = "unknown option --" + std::string(argument);
    if (const auto nearest = base::nearest_name(argument, known)) {
      message += "; did you mean --" + std::string(*nearest) + "?";
    }
    break;
  }
  std::erase(message, '\n');
  return without_keys(std::move(message), argc, argv) + see_help(table, name);
}

// The target of CLI11 for the words of a positional argument.
struct BoundPositional {
  std::string_view value;
  CLI::Option* parsed;
  std::vector<std::string> values;
};

void bind(CLI::App& app, const Positional& positional, BoundPositional& bound) {
  bound.value = positional.value;
  bound.parsed =
      app.add_option(std::string(positional.value), bound.values, std::string(positional.help))
          ->type_name("");
  const bool is_needed = positional.count == Count::kOne || positional.count == Count::kSeveral;
  const bool is_one = positional.count == Count::kOne || positional.count == Count::kAtMostOne;
  // Otherwise CLI11 splits a word in brackets into several.
  if (is_one) bound.parsed->allow_extra_args(false);
  bound.parsed->expected(1, is_one ? 1 : CLI::detail::expected_max_vector_size);
  bound.parsed->required(is_needed);
}

// The subcommands of a command line in CLI11.
class Subcommands {
 public:
  using Bounds = std::vector<std::unique_ptr<Bound>>;

  Subcommands(CLI::App& app, const OptionTable& table, Bounds& bounds) {
    if (table.subcommands.empty()) return;
    app.require_subcommand(1);
    for (const auto& subcommand : table.subcommands) add(app, subcommand, table, bounds);
  }

  // The name of the given subcommand; adds its positional arguments to `values`.
  std::string chosen(std::map<std::string, std::vector<std::string>>& values) const {
    for (const auto& each : all_) {
      if (!each.app->parsed()) continue;
      for (const auto& positional : each.positionals) {
        if (positional->parsed->count() == 0) continue;
        values[std::string(positional->value)] = positional->values;
      }
      return std::string(each.name);
    }
    return {};
  }

 private:
  struct Known {
    std::string_view name;
    CLI::App* app;
    std::vector<std::unique_ptr<BoundPositional>> positionals;
  };

  void add(CLI::App& app, const Subcommand& subcommand, const OptionTable& table, Bounds& bounds) {
    CLI::App* parent = &app;
    std::string_view name = subcommand.name;
    if (const size_t space = name.find(' '); space != std::string_view::npos) {
      parent = group(app, name.substr(0, space), table);
      name.remove_prefix(space + 1);
    }
    Known known{subcommand.name,
                parent->add_subcommand(std::string(name), std::string(subcommand.help)),
                {}};
    known.app->fallthrough();
    if (subcommand.help.empty()) known.app->group("");
    for (const auto& positional : subcommand.positionals) {
      known.positionals.push_back(std::make_unique<BoundPositional>());
      bind(*known.app, positional, *known.positionals.back());
    }
    const OptionGroup options{"Options", {}};
    for (const auto& option : subcommand.options) {
      bounds.push_back(std::make_unique<Bound>());
      bind(*known.app, options, option, *bounds.back());
    }
    all_.push_back(std::move(known));
  }

  CLI::App* group(CLI::App& app, std::string_view name, const OptionTable& table) {
    const auto is_it = [&](const CLI::App* known) { return known->get_name() == name; };
    if (const auto known = app.get_subcommands(is_it); !known.empty()) return known.front();
    std::string help;
    for (const auto& each : table.subcommands) {
      if (!each.name.starts_with(std::string(name) + " ")) continue;
      help += (help.empty() ? "" : ", ") + std::string(each.name);
    }
    CLI::App* made = app.add_subcommand(std::string(name), help + ".");
    made->require_subcommand(1)->fallthrough();
    return made;
  }

  std::vector<Known> all_;
};

Arguments arguments_of(const std::vector<std::unique_ptr<Bound>>& bounds,
                       const std::string& positional, const Subcommands& subcommands) {
  std::map<std::string, std::vector<std::string>> values;
  for (const auto& bound : bounds) {
    if (bound->parsed->count() == 0) continue;
    const bool is_one = bound->option->arity == Arity::kOne;
    values[std::string(bound->option->name)] = is_one ? std::vector{bound->value} : bound->values;
  }
  std::string subcommand = subcommands.chosen(values);
  return {std::move(values), positional, std::move(subcommand)};
}

}  // namespace

OptionGroup common_options() {
  return {"General",
          {{.name = "log-level",
            .value = "LEVEL",
            .help = "Lowest severity shown: debug, info, warning or error (default: info).",
            .choices = {"debug", "info", "warning", "error"}},
           {.name = "log-format",
            .value = "FORMAT",
            .help = "Format of messages on standard error: text or json (default: text).",
            .choices = {"text", "json"}}}};
}

std::optional<std::string> Arguments::one(std::string_view option) const {
  const auto found = values_.find(std::string(option));
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::many(std::string_view option) const {
  const auto found = values_.find(std::string(option));
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

namespace {

std::variant<Arguments, Answer> parse_words(const OptionTable& table, int argc,
                                            const char* const* argv) {
  CLI::App app{std::string(table.summary), std::string(table.tool)};
  app.set_version_flag("--version",
                       std::string(table.tool) + " (layercast) " + std::string(version()),
                       "Print the version and exit.");
  app.get_formatter()->column_width(kHelpColumn);
  std::string positional;
  if (!table.positional.value.empty()) {
    app.add_option(std::string(table.positional.value), positional,
                   std::string(table.positional.help))
        ->type_name("")
        ->required();
  }
  std::vector<std::unique_ptr<Bound>> bounds;
  for (const auto& group : table.groups) {
    for (const auto& option : group.options) {
      bounds.push_back(std::make_unique<Bound>());
      bind(app, group, option, *bounds.back());
    }
  }
  const Subcommands subcommands(app, table, bounds);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Answer{0, wrapped_help(app.help(), terminal_columns(), kHelpColumn)};
  } catch (const CLI::CallForVersion& call) {
    return Answer{0, std::string(call.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return Answer{base::meaning_of(base::ErrorCode::kInvalidInput).exit_status,
                  with_suggestion(table, error.what(), argc, argv)};
  }
  return arguments_of(bounds, positional, subcommands);
}

// The command line without the word `help` that begins its command, but with --help; nullopt when
// it is another command. `layerctl help set` means `layerctl set --help`.
std::optional<std::vector<const char*>> asked_help(const OptionTable& table, int argc,
                                                   const char* const* argv) {
  constexpr std::string_view kHelp = "help";
  if (subcommand_on(table, argc, argv) != kHelp) return std::nullopt;
  std::vector<const char*> words(argv, argv + argc);
  words.erase(std::ranges::find(words, kHelp));
  const bool is_alone = first_words(table, static_cast<int>(words.size()), words.data()).empty();
  const auto is_help_option = [](std::string_view word) {
    return word == "--help" || word == "-h";
  };
  // `layerctl help --help` explains this command itself.
  if (is_alone && std::ranges::any_of(words, is_help_option)) return std::nullopt;
  const bool is_known =
      !wrong_subcommand(table, static_cast<int>(words.size()), words.data()).has_value();
  const bool is_group = std::ranges::any_of(table.subcommands, [&](const Subcommand& each) {
    return each.name.starts_with(std::string(words.back()) + " ");
  });
  if (is_alone || is_known || is_group) words.push_back("--help");
  return words;
}

}  // namespace

std::variant<Arguments, Answer> parse_command_line(const OptionTable& table, int argc,
                                                   const char* const* argv) {
  const auto help = asked_help(table, argc, argv);
  return help ? parse_words(table, static_cast<int>(help->size()), help->data())
              : parse_words(table, argc, argv);
}

std::string_view version() { return LAYERCAST_VERSION; }

}  // namespace layercast::tools
