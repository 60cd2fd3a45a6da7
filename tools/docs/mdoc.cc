#include "tools/docs/mdoc.h"

#include "tools/docs/option_text.h"

#include <algorithm>
#include <cstdint>

namespace layercast::tools {
namespace {

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80; }

// The first character of `text`. Range: valid UTF-8, as in the tables.
std::string_view first_character(std::string_view text) {
  size_t length = 1;
  while (length < text.size() && is_continuation(text[length])) ++length;
  return text.substr(0, length);
}

// `\[u2026]` for `…`.
std::string unicode_escape(std::string_view character) {
  const auto lead = static_cast<unsigned char>(character.front());
  uint32_t code = lead & (0xffU >> (character.size() + 1));
  for (const char byte : character.substr(1)) {
    code = code << 6U | (static_cast<unsigned char>(byte) & 0x3fU);
  }
  std::string digits;
  for (; code != 0 || digits.size() < 4; code >>= 4U) {
    digits.insert(digits.begin(), "0123456789ABCDEF"[code & 15U]);
  }
  return "\\[u" + digits + "]";
}

// Escapes characters that roff would interpret or replace.
std::string escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const std::string_view character = first_character(text);
    text.remove_prefix(character.size());
    const char c = character.front();
    if (character.size() > 1) {
      out += unicode_escape(character);
    } else if (c == '\\') {
      out += "\\e";
    } else if (c == '^') {
      out += "\\(ha";
    } else if (c == '~') {
      out += "\\(ti";
    } else if (c == '`') {
      out += "\\(ga";
    } else if (c == '-') {
      out += "\\-";  // prevents line breaks and is copied as ASCII
    } else {
      out += c;
    }
  }
  return out;
}

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

// The start of the next sentence, or the end of the text.
size_t end_of_sentence(std::string_view text) {
  for (size_t at = text.find(". "); at != std::string_view::npos; at = text.find(". ", at + 1)) {
    if (at + 2 < text.size() && is_capital(text[at + 2])) return at + 2;
  }
  return text.size();
}

// A sentence wrapped at blanks into lines of at most 80 bytes.
std::string wrapped(std::string_view sentence) {
  constexpr size_t kLineMax = 80;
  std::string lines;
  while (!sentence.empty()) {
    size_t end = sentence.size();
    if (end > kLineMax) end = std::min(end, sentence.rfind(' ', kLineMax));
    const std::string_view line = sentence.substr(0, end);
    // A control character at the start of a line would begin a macro.
    if (line.starts_with('.') || line.starts_with('\'')) lines += "\\&";
    lines.append(line).append("\n");
    sentence.remove_prefix(std::min(sentence.size(), end + 1));
  }
  return lines;
}

std::string choices_sentence(const Option& option) {
  const auto is_told = [&](std::string_view choice) {
    return option.help.find(choice) != std::string_view::npos;
  };
  if (std::ranges::all_of(option.choices, is_told)) return {};
  return mdoc_lines("Such as " + joined(option.choices, ", ") + ".");
}

std::string mdoc_option(const Option& option) {
  std::string item = ".It";
  if (option.letter != '\0') item += std::string(" Fl ") + option.letter + " ,";
  item += " Fl -" + std::string(option.name);
  if (!option.value.empty()) item += " Ar " + mdoc_argument(option.value);
  return item + "\n" + mdoc_lines(option.help) + choices_sentence(option);
}

// `.It Ic set Ar ID Ar KEY=VALUE ...`
std::string command_heading(const Subcommand& command) {
  std::string heading = ".It Ic " + replaced(std::string(command.name), " ", " Ic ");
  if (!command.options.empty()) heading += " Oo Ar options Oc";
  for (const Positional& positional : command.positionals) {
    const bool is_needed = positional.count == Count::kOne || positional.count == Count::kSeveral;
    const bool is_one = positional.count == Count::kOne || positional.count == Count::kAtMostOne;
    heading += (is_needed ? " Ar " : " Oo Ar ") + mdoc_argument(positional.value);
    if (!is_one) heading += " ...";
    if (!is_needed) heading += " Oc";
  }
  return heading + "\n";
}

std::string mdoc_command(const Subcommand& command) {
  std::string item = command_heading(command) + mdoc_lines(command.help);
  if (command.positionals.empty() && command.options.empty()) return item;
  item += ".Bl -tag -width Ds\n";
  for (const Positional& positional : command.positionals) {
    item += ".It Ar " + mdoc_argument(positional.value) + "\n" + mdoc_lines(positional.help);
  }
  for (const Option& option : command.options) item += mdoc_option(option);
  return item + ".El\n";
}

}  // namespace

std::string mdoc_lines(std::string_view text) {
  std::string lines;
  while (!text.empty()) {
    const size_t end = end_of_sentence(text);
    std::string sentence = escaped(text.substr(0, end));
    while (sentence.ends_with(' ')) sentence.pop_back();
    lines += wrapped(sentence);
    text.remove_prefix(end);
  }
  return lines;
}

std::string mdoc_argument(std::string_view text) {
  const std::string argument = replaced(escaped(text), "\"", "\\(dq");
  return argument.find(' ') == std::string::npos ? argument : "\"" + argument + "\"";
}

std::string mdoc_options(const OptionTable& table) {
  std::string section;
  for (const OptionGroup& group : all_groups(table)) {
    section += ".Ss " + std::string(group.title) + "\n.Bl -tag -width Ds\n";
    for (const Option& option : group.options) section += mdoc_option(option);
    section += ".El\n";
  }
  return section;
}

std::string mdoc_commands(const OptionTable& table) {
  std::string section = ".Bl -tag -width Ds\n";
  for (const Subcommand& command : table.subcommands) {
    if (!command.help.empty()) section += mdoc_command(command);
  }
  return section + ".El\n";
}

}  // namespace layercast::tools
