#include "control/access_tokens.h"

#include "base/ascii.h"

#include <algorithm>
#include <utility>

namespace layercast::control {
namespace {

constexpr size_t kNameBytesMax = 64;

struct Line {
  size_t number = 0;
  std::string_view text;  ///< without white space at its ends
};

/// The lines that are neither empty nor comments.
std::vector<Line> lines_of(std::string_view text) {
  std::vector<Line> lines;
  for (size_t number = 1; !text.empty(); ++number) {
    const size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = base::trimmed(text.substr(0, end));
    if (!line.empty() && !line.starts_with('#')) lines.push_back({number, line});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (!line.empty()) {
    const size_t end = std::min(line.find_first_of(base::kSpaces), line.size());
    words.push_back(line.substr(0, end));
    line = base::trimmed(line.substr(end));
  }
  return words;
}

bool is_name(std::string_view text) {
  return text.size() <= kNameBytesMax && std::ranges::all_of(text, [](char c) {
           return base::is_letter(c) || base::is_digit(c) ||
                  std::string_view("-_.@").find(c) != std::string_view::npos;
         });
}

base::Result<void> check_length(const AccessToken& token, const std::string& where) {
  if (token.text.size() >= kTokenBytesMin) return {};
  return base::invalid_input("contains no valid token; expected at least " +
                                 std::to_string(kTokenBytesMin) +
                                 " characters, for example from `openssl rand -hex 16`",
                             where);
}

base::Result<AccessToken> token_from(std::string_view line, const std::string& where) {
  const std::vector<std::string_view> words = words_of(line);
  const auto role = role_from(words.front());
  if (!role || words.size() != 3) {
    return base::invalid_input(
        "expected ROLE NAME TOKEN, where ROLE is read, operate or admin, and TOKEN has no blanks",
        where);
  }
  if (!is_name(words[1])) {
    return base::invalid_input("the name of the token is invalid; expected at most " +
                                   std::to_string(kNameBytesMax) +
                                   " letters, digits and the characters - _ . @",
                               where);
  }
  AccessToken token{std::string(words[1]), *role, std::string(words[2])};
  TRY_DO(check_length(token, where));
  return token;
}

}  // namespace

base::Result<std::vector<AccessToken>> access_tokens_from(std::string_view text,
                                                          const std::string& path) {
  const std::vector<Line> lines = lines_of(text);
  if (lines.empty()) {
    return base::invalid_input("contains no token; expected one, or lines of ROLE NAME TOKEN",
                               path);
  }
  if (lines.size() > kTokensMax) {
    return base::invalid_input("contains " + std::to_string(lines.size()) +
                                   " tokens; expected at most " + std::to_string(kTokensMax),
                               path);
  }
  // Only the role tells such a line from a token with blanks.
  if (lines.size() == 1 && !role_from(words_of(lines.front().text).front())) {
    AccessToken token{{}, Role::kAdmin, std::string(lines.front().text)};
    TRY_DO(check_length(token, path));
    return std::vector{std::move(token)};
  }
  std::vector<AccessToken> tokens;
  for (const Line& line : lines) {
    const std::string where = path + ":" + std::to_string(line.number);
    TRY(AccessToken token, token_from(line.text, where));
    for (size_t i = 0; i < tokens.size(); ++i) {
      const bool is_same_name = tokens[i].name == token.name;
      if (!is_same_name && tokens[i].text != token.text) continue;
      return base::invalid_input(std::string(is_same_name ? "the name" : "the token") +
                                     " is that of line " + std::to_string(lines[i].number) +
                                     " too; expected another",
                                 where);
    }
    tokens.push_back(std::move(token));
  }
  return tokens;
}

}  // namespace layercast::control
