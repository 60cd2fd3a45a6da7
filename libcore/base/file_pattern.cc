#include "base/file_pattern.h"

#include "base/ascii.h"
#include "base/parse_number.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <tuple>
#include <utility>

namespace layercast::base {
namespace {

size_t digits_at(std::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

// ---- printf ----

// A parsed `walk-%03d.png`: the text around the number, and its minimum number of digits.
struct Numbered {
  std::string before;
  std::string after;
  size_t digits = 1;
  bool is_padded = false;  // with zeros

  // Range: `name` is longer than both texts.
  std::string_view number_in(std::string_view name) const {
    return name.substr(before.size(), name.size() - before.size() - after.size());
  }

  bool matches(std::string_view name) const {
    if (name.size() <= before.size() + after.size() || !name.starts_with(before) ||
        !name.ends_with(after)) {
      return false;
    }
    const std::string_view number = number_in(name);
    if (digits_at(number, 0) != number.size() || number.size() < digits) return false;
    // Without padding, a number has no leading zeros; padded ones exceed the width only if needed.
    const bool has_zeros = number.size() > 1 && number.front() == '0';
    return !has_zeros || (is_padded && number.size() == digits);
  }
};

// Parses `name`; nullopt unless it holds exactly one printf number.
std::optional<Numbered> numbered(std::string_view name) {
  Numbered pattern;
  bool has_number = false;
  for (size_t i = 0; i < name.size(); ++i) {
    std::string& text = has_number ? pattern.after : pattern.before;
    if (name[i] != '%') {
      text += name[i];
      continue;
    }
    if (++i < name.size() && name[i] == '%') {
      text += '%';
      continue;
    }
    const size_t width = digits_at(name, i);
    const size_t end = i + width;
    if (has_number || width > 2 || end >= name.size() || name[end] != 'd') return std::nullopt;
    has_number = true;
    // A width without a leading zero would pad with blanks; treat it as zero padding.
    for (pattern.digits = 0; i < end; ++i) {
      pattern.digits = pattern.digits * 10 + static_cast<size_t>(name[i] - '0');
    }
    pattern.is_padded = pattern.digits > 0;
    pattern.digits = std::max<size_t>(1, pattern.digits);
  }
  return has_number ? std::optional(std::move(pattern)) : std::nullopt;
}

// ---- Wildcards ----

// Parses a set `[…]` at the start of `pattern`: its length, and whether it contains `c`; nullopt
// when it is not a set.
std::optional<std::pair<size_t, bool>> set_at(std::string_view pattern, char c) {
  size_t i = 1;
  const bool is_inverted = i < pattern.size() && (pattern[i] == '!' || pattern[i] == '^');
  if (is_inverted) ++i;
  bool is_in = false;
  for (const size_t first = i; i < pattern.size(); ++i) {
    if (pattern[i] == ']' && i > first) return std::pair{i + 1, is_in != is_inverted};
    if (i + 2 < pattern.size() && pattern[i + 1] == '-' && pattern[i + 2] != ']') {
      is_in = is_in || (pattern[i] <= c && c <= pattern[i + 2]);
      i += 2;
    } else {
      is_in = is_in || pattern[i] == c;
    }
  }
  return std::nullopt;
}

// How many characters of `pattern` match `c`; 0: it does not match.
size_t one_matches(std::string_view pattern, char c) {
  if (pattern.empty()) return 0;
  if (pattern.front() == '?') return 1;
  if (pattern.front() == '[') {
    const auto set = set_at(pattern, c);
    if (set) return set->second ? set->first : 0;
  }
  return pattern.front() == c ? 1 : 0;
}

bool wildcards_match(std::string_view pattern, std::string_view name) {
  // The pattern after the last star, and the part of the name where its match ends.
  std::optional<std::pair<std::string_view, std::string_view>> star;
  while (!name.empty()) {
    if (!pattern.empty() && pattern.front() == '*') {
      pattern.remove_prefix(1);
      star = {pattern, name};
    } else if (const size_t taken = one_matches(pattern, name.front()); taken > 0) {
      pattern.remove_prefix(taken);
      name.remove_prefix(1);
    } else if (star) {
      star->second.remove_prefix(1);
      std::tie(pattern, name) = *star;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*') == std::string_view::npos;
}

bool has_wildcards(std::string_view name) {
  return name.find_first_of("*?[") != std::string_view::npos;
}

}  // namespace

bool is_pattern(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  return has_wildcards(name) || numbered(name).has_value();
}

bool naturally_before(std::string_view a, std::string_view b) {
  size_t i = 0;
  size_t k = 0;
  while (i < a.size() && k < b.size()) {
    if (!is_digit(a[i]) || !is_digit(b[k])) {
      if (a[i] != b[k]) return a[i] < b[k];
      ++i;
      ++k;
      continue;
    }
    std::string_view number_a = a.substr(i, digits_at(a, i));
    std::string_view number_b = b.substr(k, digits_at(b, k));
    i += number_a.size();
    k += number_b.size();
    const auto without_zeros = [](std::string_view number) {
      number.remove_prefix(std::min(number.size(), number.find_first_not_of('0')));
      return number;
    };
    number_a = without_zeros(number_a);
    number_b = without_zeros(number_b);
    if (number_a.size() != number_b.size()) return number_a.size() < number_b.size();
    if (number_a != number_b) return number_a < number_b;
  }
  if (i < a.size() || k < b.size()) return i == a.size();
  return a < b;
}

Result<std::vector<std::string>> files_of_pattern(const std::string& pattern, size_t files_max) {
  const std::filesystem::path path(pattern);
  const std::string name = path.filename().string();
  const auto number = numbered(name);
  if (!number && !has_wildcards(name)) {
    return invalid_input(
        "is not a pattern; expected a number such as %03d or a wildcard in the file name", pattern);
  }
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  std::error_code error;
  std::filesystem::directory_iterator entries(folder, error);
  if (error) {
    return not_found("the folder does not exist (" + error.message() + ")", pattern);
  }
  std::vector<std::string> names;
  for (; entries != std::filesystem::directory_iterator(); entries.increment(error)) {
    std::string each = entries->path().filename().string();
    const bool matches =
        number ? number->matches(each)
               : wildcards_match(name, each) && (each.front() != '.' || name.front() == '.');
    std::error_code no_kind;
    if (!matches || entries->is_directory(no_kind)) continue;
    if (names.size() >= files_max) {
      return over_limit("more than " + std::to_string(files_max) + " files match this pattern",
                        pattern);
    }
    names.push_back(std::move(each));
  }
  if (error) return io_error(error.value(), "cannot read the folder", pattern);
  if (names.empty()) {
    return not_found("no file matches this pattern", pattern);
  }
  std::ranges::sort(names, naturally_before);
  for (std::string& each : names) each = (folder / each).string();
  return names;
}

std::optional<NumberGap> first_gap(const std::string& pattern,
                                   const std::vector<std::string>& files) {
  const auto number = numbered(std::filesystem::path(pattern).filename().string());
  if (!number) return std::nullopt;
  std::optional<int64_t> before;
  for (const std::string& file : files) {
    const std::string name = std::filesystem::path(file).filename().string();
    const auto at = parse_number<int64_t>(number->number_in(name));
    if (!at) return std::nullopt;
    if (before && *at != *before + 1) return NumberGap{*before, *at};
    before = at;
  }
  return std::nullopt;
}

}  // namespace layercast::base
