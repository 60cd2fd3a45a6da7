#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace layercast::tools {

/// A highlighting on a terminal.
enum class Accent { kNone, kStrong, kFaint, kGood, kBad };

/// `text` highlighted if standard output is a colour terminal and $NO_COLOR is not set; else
/// unchanged.
std::string accented(std::string_view text, Accent accent);

/// A table of text rows below a heading. Control characters are not printed.
class Table {
 public:
  explicit Table(std::vector<std::string> heading);

  /// Adds a row. Range: as many cells as the heading.
  void add(std::vector<std::string> row, Accent accent = Accent::kNone);
  /// The aligned columns, one line per row.
  std::string text() const;

 private:
  struct Row {
    std::vector<std::string> cells;
    Accent accent;
  };
  std::vector<Row> rows_;
};

}  // namespace layercast::tools
