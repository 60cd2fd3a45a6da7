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
enum class Completion { kNothing, kFile, kSceneFile, kMediaFile };

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

/// What stands on the line without a name.
struct Positional {
  std::string_view value;  ///< `SCENE`; empty: the tool takes none
  std::string_view help;
  Completion completion = Completion::kNothing;
};

/// One tool's command line: what parses it, and what its --help, manual page and completions say.
struct OptionTable {
  std::string_view tool;
  std::string_view summary;  ///< one line
  Positional positional;
  std::vector<OptionGroup> groups;
};

/// The options that every tool has: log level and format.
OptionGroup common_options();

/// A command line, read.
class Arguments {
 public:
  /// `values`: what each given option was given, by its name.
  Arguments(std::map<std::string, std::vector<std::string>> values, std::string positional)
      : values_(std::move(values)), positional_(std::move(positional)) {}

  bool has(std::string_view option) const { return values_.contains(std::string(option)); }
  std::optional<std::string> one(std::string_view option) const;
  std::vector<std::string> many(std::string_view option) const;
  /// Empty when absent.
  const std::string& positional() const { return positional_; }

 private:
  std::map<std::string, std::vector<std::string>> values_;
  std::string positional_;
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
