#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace layercast::tools {

/// How something is set off on a terminal.
enum class Accent { kNone, kStrong, kFaint, kGood, kBad };

/// `text` in a colour where standard output is a terminal that shows them, and $NO_COLOR is not
/// set; else as it is.
std::string accented(std::string_view text, Accent accent);

/// Rows of texts under a heading, in columns. Only printable characters are shown.
class Table {
 public:
  explicit Table(std::vector<std::string> heading);

  void add(std::vector<std::string> row, Accent accent = Accent::kNone);
  std::string text() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Accent accent;
  };
  std::vector<Row> rows_;
};

/// `text` without control characters, which a terminal might obey.
std::string printable(std::string_view text);

}  // namespace layercast::tools
