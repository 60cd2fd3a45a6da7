#pragma once

#include <string>
#include <string_view>

namespace layercast::base {

/// White space of YAML, JSON and XML.
inline constexpr std::string_view kSpaces = " \t\r\n";
/// White space of CSS and of SVG path data.
inline constexpr std::string_view kCssSpaces = " \t\r\n\f";

/// Whether `c` is a decimal digit of ASCII, in any locale.
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Whether `c` is a letter of ASCII, in any locale.
constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

/// `c` in lower case if it is an ASCII capital, else unchanged.
constexpr char lower_case(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// `text` with its ASCII letters in lower case; the bytes of other UTF-8 characters are unchanged.
inline std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = lower_case(c);
  return lower;
}

/// Whether `text` begins with `wanted`, which is then removed.
constexpr bool take(std::string_view& text, char wanted) {
  if (!text.starts_with(wanted)) return false;
  text.remove_prefix(1);
  return true;
}

/// `text` without the characters of `spaces` at both ends. Ownership: a view of `text`.
constexpr std::string_view trimmed(std::string_view text, std::string_view spaces = kSpaces) {
  const size_t first = text.find_first_not_of(spaces);
  if (first == std::string_view::npos) return text.substr(0, 0);
  return text.substr(first, text.find_last_not_of(spaces) - first + 1);
}

}  // namespace layercast::base
