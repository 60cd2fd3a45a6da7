#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::tools {

/// How often an option may be given, and whether it takes a value.
enum class Arity {
  kFlag,  ///< no value
  kOne,   ///< one value; the last one given applies
  kMany,  ///< one value each time; all are kept
};

/// How a shell completes a value.
enum class Completion {
  kNothing,
  kFile,
  kSceneFile,
  kMediaFile,
  kPictureFile,
  kLayer,     ///< the id of a layer
  kSound,     ///< the id of a sound
  kOutput,    ///< the id of an output
  kProperty,  ///< `key=` of the layer named before it
};

/// An option of a tool or subcommand.
struct Option {
  std::string_view name;  ///< without dashes: `output`
  char letter = '\0';     ///< `o`, or none
  Arity arity = Arity::kOne;
  std::string_view value{};  ///< `FILE`: the placeholder of the value
  std::string_view help{};   ///< one sentence
  Completion completion = Completion::kNothing;
  std::vector<std::string_view> choices{};  ///< offered by completion; others may be valid too
};

/// Options under a common heading.
struct OptionGroup {
  std::string_view title;
  std::vector<Option> options;
};

/// How many words a positional argument takes.
enum class Count {
  kOne,
  kAtMostOne,
  kAny,      ///< zero or more
  kSeveral,  ///< one or more
};

/// A positional argument.
struct Positional {
  std::string_view value;  ///< `SCENE`; empty: none
  std::string_view help;
  Completion completion = Completion::kNothing;
  Count count = Count::kOne;  ///< only the last one may take several
  std::vector<std::string_view> choices{};
};

/// A subcommand. Its own options and the tool's may appear anywhere after its name.
struct Subcommand {
  std::string_view name;  ///< `set`, or in a group `outputs add`
  std::string_view help;  ///< empty: hidden
  std::vector<Positional> positionals{};
  std::vector<Option> options{};
};

/// A word that users may type in place of the name of a subcommand.
struct Synonym {
  std::string_view word;
  std::string_view name;
};

/// The command line of a tool: the source of its parser, its --help, manual page and completions.
struct OptionTable {
  std::string_view tool;
  std::string_view summary;  ///< one line
  Positional positional;     ///< none if there are subcommands
  std::vector<OptionGroup> groups;
  std::vector<Subcommand> subcommands{};  ///< empty, or one of them is required
  /// Words that other tools use for a subcommand, or for the second word of one in a group.
  std::vector<Synonym> synonyms{};
  bool is_daemon = false;  ///< whether the lines of its log begin with the time
};

/// The options of all tools: log level and format.
OptionGroup common_options();

/// A parsed command line.
class Arguments {
 public:
  /// `values`: by option name; for the positionals of a subcommand by the name of their value.
  Arguments(std::map<std::string, std::vector<std::string>> values, std::string positional,
            std::string subcommand = {})
      : values_(std::move(values)),
        positional_(std::move(positional)),
        subcommand_(std::move(subcommand)) {}

  bool has(std::string_view option) const { return values_.contains(std::string(option)); }
  /// The last value of an option, or all of them.
  std::optional<std::string> one(std::string_view option) const;
  std::vector<std::string> many(std::string_view option) const;
  /// The positional argument; empty when absent.
  const std::string& positional() const { return positional_; }
  /// `outputs add`; empty when the tool has no subcommands.
  const std::string& subcommand() const { return subcommand_; }

 private:
  std::map<std::string, std::vector<std::string>> values_;
  std::string positional_;
  std::string subcommand_;
};

/// The output and exit status of --help, --version or an invalid command line.
struct Answer {
  int exit_status;
  std::string text;  ///< for stdout if exit_status is 0, else one line for stderr
};

/// Parses a command line; handles --help and --version.
std::variant<Arguments, Answer> parse_command_line(const OptionTable& table, int argc,
                                                   const char* const* argv);

/// The version number of layercast.
std::string_view version();

}  // namespace layercast::tools
