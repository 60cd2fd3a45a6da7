#pragma once

#include "scene/wire/codec.h"
#include "scene/wire/value.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Explanations of the usual mistakes in hand-written YAML, for the messages about a file.
namespace layercast::scene {

/// The lines of a YAML text. Ownership: borrows the text.
class YamlLines {
 public:
  explicit YamlLines(std::string_view text);

  /// Line `number`, counted from 1, without its line break; empty when there is none.
  std::string_view line(int number) const;
  /// The rest of the line from `mark` on.
  std::string_view rest(Mark mark) const;
  /// The character at `mark`; NUL at the end of a line.
  char at(Mark mark) const;
  /// The offset of `mark` in the text, at most its size.
  size_t offset(Mark mark) const;
  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::vector<size_t> starts_;
};

/// The kinds of syntax errors that the explanations distinguish.
enum class SyntaxErrorKind {
  kEndsEarly,      ///< a list or mapping is not continued or closed
  kMisplacedKey,   ///< a `:` where no key may stand
  kMisplacedItem,  ///< a `-` where no list may begin
  kUnknownToken,   ///< a character that begins nothing
  kUnknownAnchor,  ///< an alias without its anchor
  kOther,
};

/// A syntax error as the YAML parser reports it.
struct SyntaxError {
  SyntaxErrorKind kind = SyntaxErrorKind::kOther;
  Mark mark;
  std::string message;
};

/// The fault of a syntax error, with the place and the words of its likely cause.
Fault explained_syntax_fault(const YamlLines& lines, const SyntaxError& error);

/// The fault of a quoted text that begins at `mark` and has no closing quotation mark; nullopt when
/// it has one.
std::optional<Fault> unclosed_quote_fault(const YamlLines& lines, Mark mark);

/// The place of the comment that hides the value of `key`, as in `color: #ff0000`; `mark` when
/// there is none. `key`: the place of the key, or line 0 for an item of a list that begins on
/// `first_line`. `mark`: where the parser reports the missing value.
Mark mark_of_missing_value(const YamlLines& lines, Mark key, int first_line, Mark mark);

/// The cause of a fault of the value at `mark` that YAML's syntax explains, such as an unquoted
/// `#`; empty when there is none.
std::string value_hint(const YamlLines& lines, Mark mark);

/// The place of a comment that cuts the plain text `text` at `mark`, as in `text: Lot #12`; nullopt
/// when there is none.
std::optional<Mark> cutting_comment(const YamlLines& lines, Mark mark, std::string_view text);

}  // namespace layercast::scene
