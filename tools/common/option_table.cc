#include "tools/common/option_table.h"

#include "base/error.h"
#include "base/nearest.h"

#include <algorithm>
#include <CLI/CLI.hpp>
#include <memory>

namespace layercast::tools {
namespace {

std::string dashed(const Option& option) {
  std::string names = "--" + std::string(option.name);
  if (option.letter != '\0') names = std::string("-") + option.letter + "," + names;
  return names;
}

// What CLI11 writes into while it parses.
struct Bound {
  const Option* option;
  CLI::Option* parsed;
  std::string value;                ///< of an option that may stand once
  std::vector<std::string> values;  ///< of one that may stand several times
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

// CLI11 names the unknown option; the table knows what may have been meant.
std::string with_suggestion(const OptionTable& table, std::string message, int argc,
                            const char* const* argv) {
  std::vector<std::string_view> known = {"help", "version"};
  for (const auto& group : table.groups) {
    for (const auto& option : group.options) known.push_back(option.name);
  }
  for (int i = 1; i < argc; ++i) {
    std::string_view argument = argv[i];
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
  return message + " (see " + std::string(table.tool) + " --help)";
}

Arguments arguments_of(const std::vector<std::unique_ptr<Bound>>& bounds,
                       const std::string& positional) {
  std::map<std::string, std::vector<std::string>> values;
  for (const auto& bound : bounds) {
    if (bound->parsed->count() == 0) continue;
    const bool is_one = bound->option->arity == Arity::kOne;
    values[std::string(bound->option->name)] = is_one ? std::vector{bound->value} : bound->values;
  }
  return {std::move(values), positional};
}

}  // namespace

OptionGroup common_options() {
  return {"General",
          {{.name = "log-level",
            .value = "LEVEL",
            .help = "Least severe messages shown: debug, info, warning or error (default: info).",
            .choices = {"debug", "info", "warning", "error"}},
           {.name = "log-format",
            .value = "FORMAT",
            .help = "How messages are written on stderr: text or json (default: text).",
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

std::variant<Arguments, Answer> parse_command_line(const OptionTable& table, int argc,
                                                   const char* const* argv) {
  CLI::App app{std::string(table.summary), std::string(table.tool)};
  app.set_version_flag("--version",
                       std::string(table.tool) + " (layercast) " + std::string(version()),
                       "Print the version and exit.");
  app.get_formatter()->column_width(34);
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
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return Answer{0, app.help()};
  } catch (const CLI::CallForVersion& call) {
    return Answer{0, std::string(call.what()) + "\n"};
  } catch (const CLI::ParseError& error) {
    return Answer{base::meaning_of(base::ErrorCode::kInvalidInput).exit_status,
                  with_suggestion(table, error.what(), argc, argv)};
  }
  return arguments_of(bounds, positional);
}

std::string_view version() { return LAYERCAST_VERSION; }

}  // namespace layercast::tools
