#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace layercast::tools {

/// How often an option may stand on a command line, and with what.
enum class Arity {
  kFlag,  ///< no value
  kOne,   ///< one value; the last one given counts
  kMany,  ///< one value each time, all of them kept
};

/// What a shell may complete a value with.
enum class Completion {
  kNothing,
  kFile,
  kSceneFile,
  kMediaFile,
  kPictureFile,
  kLayer,     ///< the id of a layer
  kSound,     ///< the id of a sound
  kOutput,    ///< the id of an output
  kProperty,  ///< `key=` of the layer that stands before it
};

struct Option {
  std::string_view name;  ///< without dashes: `output`
  char letter = '\0';     ///< `o`, or none
  Arity arity = Arity::kOne;
  std::string_view value{};  ///< `FILE`: what the manual calls the value
  std::string_view help{};   ///< one sentence
  Completion completion = Completion::kNothing;
  std::vector<std::string_view> choices{};  ///< offered by completion; others may be right too
};

struct OptionGroup {
  std::string_view title;
  std::vector<Option> options;
};

/// How many words a positional takes.
enum class Count {
  kOne,
  kAtMostOne,
  kAny,      ///< none too
  kSeveral,  ///< at least one
};

/// What stands on the line without a name.
struct Positional {
  std::string_view value;  ///< `SCENE`; empty: the tool takes none
  std::string_view help;
  Completion completion = Completion::kNothing;
  Count count = Count::kOne;  ///< only the last one may take several
  std::vector<std::string_view> choices{};
};

/// One of the things that a tool does, where it does several. Its options may stand anywhere after
/// its name, and so may the tool's.
struct Subcommand {
  std::string_view name;  ///< `set`, or of a group `outputs add`
  std::string_view help;  ///< empty: nobody is told of it
  std::vector<Positional> positionals{};
  std::vector<Option> options{};
};

/// One tool's command line: what parses it, and what its --help, manual page and completions say.
struct OptionTable {
  std::string_view tool;
  std::string_view summary;  ///< one line
  Positional positional;     ///< none beside subcommands
  std::vector<OptionGroup> groups;
  std::vector<Subcommand> subcommands{};  ///< empty, or one of them has to stand on the line
};

/// The options that every tool has: log level and format.
OptionGroup common_options();

/// A command line, read.
class Arguments {
 public:
  /// `values`: what each given option was given, by its name; and of a subcommand's positionals,
  /// by what the table calls their values.
  Arguments(std::map<std::string, std::vector<std::string>> values, std::string positional,
            std::string subcommand = {})
      : values_(std::move(values)),
        positional_(std::move(positional)),
        subcommand_(std::move(subcommand)) {}

  bool has(std::string_view option) const { return values_.contains(std::string(option)); }
  std::optional<std::string> one(std::string_view option) const;
  std::vector<std::string> many(std::string_view option) const;
  /// Empty when absent.
  const std::string& positional() const { return positional_; }
  /// `outputs add`; empty where the tool has none.
  const std::string& subcommand() const { return subcommand_; }

 private:
  std::map<std::string, std::vector<std::string>> values_;
  std::string positional_;
  std::string subcommand_;
};

/// What is left to do when a command line asks for nothing but text, or is wrong.
struct Answer {
  int exit_status;
  std::string text;  ///< for stdout when exit_status is 0, else for stderr: one line
};

/// Reads a command line by `table`. --help and --version are answered here.
std::variant<Arguments, Answer> parse_command_line(const OptionTable& table, int argc,
                                                   const char* const* argv);

/// `layercast 0.1.0`'s number.
std::string_view version();

}  // namespace layercast::tools
