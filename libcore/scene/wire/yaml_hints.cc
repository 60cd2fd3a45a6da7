#include "scene/wire/yaml_hints.h"

#include "base/ascii.h"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace layercast::scene {
namespace {

// The part of a long line that the explanations read.
constexpr size_t kLineBytesRead = 1024;
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

bool is_blank(char c) { return c == ' ' || c == '\t'; }
bool is_any_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
bool is_break(char c) { return c == '\n' || c == '\r'; }

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

// The offset behind the quoted text that begins at `begin`; nullopt when it is not closed.
std::optional<size_t> end_of_quoted(std::string_view text, size_t begin) {
  const char quote = text[begin];
  for (size_t i = begin + 1; i < text.size(); ++i) {
    if (quote == '"' && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      const bool is_doubled = quote == '\'' && i + 1 < text.size() && text[i + 1] == quote;
      if (!is_doubled) return i + 1;
      ++i;
    }
  }
  return std::nullopt;
}

// The offset in `line` of a comment that follows `from`, ignoring quoted text; nullopt without one.
std::optional<size_t> comment_in(std::string_view line, size_t from) {
  bool may_quote = true;
  for (size_t i = from; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '#' && (i == 0 || is_blank(line[i - 1]))) return i;
    if (may_quote && (c == '"' || c == '\'')) {
      const auto end = end_of_quoted(line, i);
      if (!end) return std::nullopt;
      i = *end - 1;
    }
    may_quote = is_any_of(c, " \t[{,");
  }
  return std::nullopt;
}

// Whether the character after `#` shows that the author did not mean a comment.
bool is_doubtful_comment(std::string_view comment) {
  return comment.size() > 1 && !is_blank(comment[1]) && comment[1] != '#';
}

// `#ff0000` of `#ff0000}, next`.
std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find_first_of(" \t\r\n,]}"));
}

Fault not_yaml(Mark mark, const std::string& problem, std::string expected) {
  return {mark, {}, "not YAML: " + problem, std::move(expected)};
}

/// Tracks brackets, quotes and comments up to the place of a syntax error. It reads only the
/// structure that the explanations need, and tolerates errors.
class Structure {
 public:
  struct Bracket {
    char kind;
    size_t offset;
  };

  Structure(std::string_view text, size_t end) : text_(text.substr(0, end)) {
    while (at_ < text_.size()) step();
  }

  /// The brackets that are open at the end, the outermost first.
  const std::vector<Bracket>& open() const { return open_; }
  /// The comment inside the open brackets that most likely hides a part of them.
  std::optional<size_t> hiding_comment() const {
    for (const bool needs_bracket : {true, false}) {
      for (const size_t comment : comments_) {
        const std::string_view words = line_at(comment);
        if (!is_doubtful_comment(words)) continue;
        if (!needs_bracket || words.find_first_of("]}") != std::string_view::npos) return comment;
      }
    }
    return std::nullopt;
  }

 private:
  std::string_view line_at(size_t offset) const {
    return text_.substr(offset, text_.find('\n', offset) - offset);
  }

  void step() {
    const char c = text_[at_];
    if (is_break(c)) return begin_line();
    if (c == '#' && (at_ == 0 || is_blank(text_[at_ - 1]) || is_break(text_[at_ - 1]))) {
      if (!open_.empty()) comments_.push_back(at_);
      at_ += line_at(at_).size();
    } else if (may_begin_ && (c == '"' || c == '\'')) {
      at_ = end_of_quoted(text_, at_).value_or(text_.size());
      may_begin_ = false;
    } else if (may_begin_ && open_.empty() && (c == '|' || c == '>')) {
      skip_block_text();
    } else {
      take_plain(c);
    }
  }

  void begin_line() {
    ++at_;
    may_begin_ = true;
  }

  // A bracket outside of others opens only at the begin of a value.
  void take_plain(char c) {
    const bool opens = is_any_of(c, "[{") && (may_begin_ || !open_.empty());
    const bool closes = (c == ']' || c == '}') && !open_.empty();
    if (opens) open_.push_back({c, at_});
    if (closes) open_.pop_back();
    if (open_.empty()) comments_.clear();
    const bool is_mark =
        (c == ':' || c == '-' || c == '?') && (at_ + 1 == text_.size() || is_blank(text_[at_ + 1]));
    may_begin_ = is_mark || opens || (c == ',' && !open_.empty()) || (is_blank(c) && may_begin_);
    ++at_;
  }

  // Skips the lines of a `|` or `>` text: all that are indented more than its key.
  void skip_block_text() {
    const size_t line_begin = text_.rfind('\n', at_) + 1;
    size_t indent = 0;
    while (is_blank(text_[line_begin + indent]) || text_.substr(line_begin + indent, 2) == "- ") {
      ++indent;
    }
    at_ += line_at(at_).size();
    while (at_ < text_.size()) {
      const std::string_view line = line_at(at_ + 1);
      const size_t begin = line.find_first_not_of(" \r");
      if (begin != std::string_view::npos && begin <= indent) break;
      at_ += 1 + line.size();
    }
  }

  std::string_view text_;
  size_t at_ = 0;
  bool may_begin_ = true;  ///< whether a value may begin here
  std::vector<Bracket> open_;
  std::vector<size_t> comments_;  ///< inside the open brackets
};

// The fault of a tab in the indentation of line `number`; nullopt without one.
std::optional<Fault> tab_fault(const YamlLines& lines, int number) {
  const std::string_view line = lines.line(number);
  const size_t tab = line.substr(0, line.find_first_not_of(" \t")).find('\t');
  if (tab == std::string_view::npos) return std::nullopt;
  return not_yaml({number, static_cast<int>(tab) + 1}, "a tab indents this line", "spaces");
}

Fault comment_fault(Mark mark, std::string_view comment) {
  return not_yaml(mark, "\"#\" begins a comment here, which hides the rest of the line",
                  "the value in quotes: " + in_quotes(first_word(comment)));
}

std::optional<Fault> flow_fault(const YamlLines& lines, const SyntaxError& error) {
  const Mark mark = error.mark;
  const bool ends_early = error.kind == SyntaxErrorKind::kEndsEarly;
  // For the end of the text, the parser reports the begin of a line.
  const bool is_at_end = ends_early && (lines.at(mark) == '\0' || mark.column == 1);
  const Structure structure(lines.text(), is_at_end ? lines.text().size() : lines.offset(mark));
  if (const auto comment = structure.hiding_comment()) {
    return comment_fault(mark_at(lines.text(), *comment), lines.text().substr(*comment));
  }
  const bool is_unclosed = ends_early || error.kind == SyntaxErrorKind::kMisplacedItem ||
                           error.kind == SyntaxErrorKind::kMisplacedKey;
  if (structure.open().empty() || !is_unclosed) return std::nullopt;
  const auto [kind, offset] = structure.open().back();
  const Mark begin = mark_at(lines.text(), offset);
  if (!is_at_end && begin.line == mark.line) return std::nullopt;
  return not_yaml(begin, kind == '[' ? R"("[" is not closed)" : R"("{" is not closed)",
                  kind == '[' ? R"("]")" : R"("}")");
}

// The offset of the `:` in a line such as `type:overlay`.
std::optional<size_t> crowded_colon(std::string_view line) {
  size_t begin = line.find_first_not_of(" -");
  if (begin == std::string_view::npos) return std::nullopt;
  const size_t end = line.find_first_of(": \"'#", begin);
  const bool is_crowded = end != std::string_view::npos && end > begin && line[end] == ':' &&
                          end + 1 < line.size() && !is_blank(line[end + 1]) &&
                          !is_break(line[end + 1]) && line[end + 1] != '/';
  return is_crowded ? std::optional(end) : std::nullopt;
}

std::optional<Fault> second_colon_fault(const YamlLines& lines, Mark mark) {
  const std::string_view before =
      lines.line(mark.line).substr(0, static_cast<size_t>(mark.column) - 1);
  if (before.find(": ") == std::string_view::npos) return std::nullopt;
  return not_yaml(mark, "\":\" occurs a second time in this value",
                  "text that contains \": \" in quotes");
}

// The fault of a `:` where no key may stand. The cause is often in the line above.
Fault key_fault(const YamlLines& lines, Mark mark) {
  for (int number = mark.line - 1; number > 0; --number) {
    const std::string_view line = base::trimmed(lines.line(number));
    if (line.empty() || line.front() == '#') continue;
    if (const auto colon = crowded_colon(lines.line(number))) {
      return not_yaml({number, static_cast<int>(*colon) + 1}, "a space is missing after \":\"",
                      "KEY: VALUE");
    }
    break;
  }
  return not_yaml(mark, "a key is not allowed here", "the indentation of the keys above");
}

// The last character before `mark` on its line that is not blank; NUL when there is none.
char before(const YamlLines& lines, Mark mark) {
  const auto line = base::trimmed(
      lines.line(mark.line).substr(0, static_cast<size_t>(std::max(mark.column - 1, 0))));
  return line.empty() ? '\0' : line.back();
}

}  // namespace

YamlLines::YamlLines(std::string_view text) : text_(text), starts_{0} {
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    starts_.push_back(at + 1);
  }
  // The parser does not count a byte-order mark.
  if (text.starts_with(kByteOrderMark)) starts_[0] = kByteOrderMark.size();
}

std::string_view YamlLines::line(int number) const {
  if (number < 1 || static_cast<size_t>(number) > starts_.size()) return {};
  const auto index = static_cast<size_t>(number);
  const size_t begin = starts_[index - 1];
  return text_.substr(begin, (index < starts_.size() ? starts_[index] - 1 : text_.size()) - begin);
}

std::string_view YamlLines::rest(Mark mark) const {
  const std::string_view whole = line(mark.line);
  return whole.substr(std::min(static_cast<size_t>(std::max(mark.column - 1, 0)), whole.size()));
}

char YamlLines::at(Mark mark) const {
  const std::string_view found = rest(mark);
  return found.empty() ? '\0' : found.front();
}

size_t YamlLines::offset(Mark mark) const {
  if (mark.line < 1) return 0;
  if (static_cast<size_t>(mark.line) > starts_.size()) return text_.size();
  return std::min(starts_[static_cast<size_t>(mark.line) - 1] +
                      static_cast<size_t>(std::max(mark.column - 1, 0)),
                  text_.size());
}

Fault explained_syntax_fault(const YamlLines& lines, const SyntaxError& error) {
  using enum SyntaxErrorKind;
  const auto& [kind, mark, message] = error;
  if (const auto fault = tab_fault(lines, mark.line)) return *fault;
  const char c = lines.at(mark);
  const char last = before(lines, mark);
  const bool ends_early = kind == kEndsEarly;
  const bool follows_value = last != '\0' && is_any_of(last, "]}\"'");
  if (ends_early && c != '\0' && follows_value) {
    return not_yaml(mark, "text follows a closing bracket or quotation mark",
                    "a comma, a new line, or the whole text in quotes");
  }
  const bool is_colon = c == ':' && (kind == kMisplacedKey || ends_early);
  if (is_colon) {
    if (const auto fault = second_colon_fault(lines, mark)) return *fault;
  }
  if (const auto fault = flow_fault(lines, error)) return *fault;
  if (is_colon) return key_fault(lines, mark);
  if (kind == kUnknownToken && c != '\0') {
    return not_yaml(mark, "a value cannot begin with " + in_quotes({&c, 1}), "the text in quotes");
  }
  if (kind == kUnknownAnchor) {
    return not_yaml(mark, message,
                    "an anchor of this name above, or text that begins with \"*\" in quotes");
  }
  if (kind == kMisplacedItem && last == ':') {
    return not_yaml(mark, message, "the list on lines of its own, or the text in quotes");
  }
  if (ends_early && last == '\0') {
    return not_yaml(mark, "the indentation of this line is that of no line above",
                    "the indentation of the keys above");
  }
  return not_yaml(mark, message, {});
}

std::optional<Fault> unclosed_quote_fault(const YamlLines& lines, Mark mark) {
  const char quote = lines.at(mark);
  if (quote != '"' && quote != '\'') return std::nullopt;
  if (end_of_quoted(lines.text(), lines.offset(mark))) return std::nullopt;
  return not_yaml(mark, "the quoted text is not closed",
                  quote == '"' ? "a closing \"" : "a closing '");
}

Mark mark_of_missing_value(const YamlLines& lines, Mark key, int first_line, Mark mark) {
  int number = key.line;
  if (number == 0) {
    for (number = mark.line - 1; number > first_line; --number) {
      const std::string_view line = base::trimmed(lines.line(number));
      if (!line.empty() && line.front() != '#') break;
    }
    if (number < first_line) return mark;
  }
  const size_t begin = key.line == 0 ? 0 : static_cast<size_t>(key.column) - 1;
  const std::string_view line = lines.line(number).substr(0, begin + kLineBytesRead);
  const auto comment = comment_in(line, begin);
  if (comment && is_doubtful_comment(line.substr(*comment))) {
    return {number, static_cast<int>(*comment) + 1};
  }
  return key.line != 0 && mark.line > key.line ? key : mark;
}

std::string value_hint(const YamlLines& lines, Mark mark) {
  const std::string_view rest = lines.rest(mark).substr(0, kLineBytesRead);
  if (rest.starts_with('#')) {
    return "\"#\" begins a comment: write " + in_quotes(first_word(rest)) + " in quotes";
  }
  const bool is_plain = !rest.empty() && !is_any_of(rest[0], "[{\"'|>-");
  const std::string_view value = rest.substr(0, comment_in(rest, 0).value_or(rest.size()));
  const bool is_key = value.find(": ") != std::string_view::npos || value.ends_with(':');
  if (!is_plain || is_key) return {};
  if (is_doubtful_comment(rest.substr(value.size()))) {
    return "\"#\" after a space begins a comment: write the value in quotes";
  }
  return {};
}

std::optional<Mark> cutting_comment(const YamlLines& lines, Mark mark, std::string_view text) {
  const std::string_view rest = lines.rest(mark);
  if (text.empty() || !rest.starts_with(text)) return std::nullopt;
  const std::string_view behind = rest.substr(text.size());
  const size_t blanks = std::min(behind.find_first_not_of(" \t"), behind.size());
  const std::string_view comment = behind.substr(blanks);
  if (blanks == 0 || !comment.starts_with('#') || !is_doubtful_comment(comment))
    return std::nullopt;
  return Mark{mark.line, mark.column + static_cast<int>(text.size() + blanks)};
}

}  // namespace layercast::scene
