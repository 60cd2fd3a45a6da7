#include "tools/docs/option_text.h"

#include <algorithm>

namespace layercast::tools {
namespace {

template <class Text>
std::string joined_texts(const std::vector<Text>& parts, std::string_view between) {
  std::string whole;
  for (const Text& part : parts) {
    if (&part != parts.data()) whole += between;
    whole += part;
  }
  return whole;
}

}  // namespace

std::vector<OptionGroup> all_groups(const OptionTable& table) {
  std::vector<OptionGroup> groups = table.groups;
  auto& last = groups.back().options;
  last.push_back({.name = "help",
                  .letter = 'h',
                  .arity = Arity::kFlag,
                  .help = "List the options on standard output and exit."});
  last.push_back({.name = "version",
                  .arity = Arity::kFlag,
                  .help = "Print the version on standard output and exit."});
  return groups;
}

std::vector<Option> all_options(const OptionTable& table) {
  std::vector<Option> options;
  for (const OptionGroup& group : all_groups(table)) {
    options.insert(options.end(), group.options.begin(), group.options.end());
  }
  return options;
}

std::string brief(std::string_view help) {
  size_t end = help.size();
  for (const std::string_view detail : {": ", "; ", " (", ". "}) {
    end = std::min(end, help.find(detail));
  }
  help = help.substr(0, end);
  if (help.ends_with('.')) help.remove_suffix(1);
  return std::string(help);
}

std::vector<std::string> spellings(const Option& option) {
  std::vector<std::string> names;
  if (option.letter != '\0') names.push_back(std::string("-") + option.letter);
  names.push_back("--" + std::string(option.name));
  return names;
}

std::string joined(const std::vector<std::string>& parts, std::string_view between) {
  return joined_texts(parts, between);
}

std::string joined(const std::vector<std::string_view>& parts, std::string_view between) {
  return joined_texts(parts, between);
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (size_t at = text.find(from); at != std::string::npos; at = text.find(from, at)) {
    text.replace(at, from.size(), to);
    at += to.size();
  }
  return text;
}

}  // namespace layercast::tools
