#include "tools/layerctl/table.h"

#include "base/printable.h"

#include <algorithm>
#include <cstdlib>
#include <unistd.h>
#include <utility>

namespace layercast::tools {
namespace {

bool shows_colours() {
  // NOLINTBEGIN(concurrency-mt-unsafe): they are never set
  const char* const no_color = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  // NOLINTEND(concurrency-mt-unsafe)
  const bool is_wanted = no_color == nullptr || *no_color == '\0';
  return is_wanted && terminal != nullptr && std::string_view(terminal) != "dumb" &&
         isatty(STDOUT_FILENO) == 1;
}

std::string_view code_of(Accent accent) {
  switch (accent) {
    case Accent::kNone:
      return "";
    case Accent::kStrong:
      return "\x1b[1m";
    case Accent::kFaint:
      return "\x1b[2m";
    case Accent::kGood:
      return "\x1b[32m";
    case Accent::kBad:
      return "\x1b[31m";
  }
  return "";
}

// Counts characters; most are one column wide.
size_t width_of(std::string_view text) {
  return static_cast<size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80; }));
}

}  // namespace

std::string accented(std::string_view text, Accent accent) {
  static const bool shows = shows_colours();
  if (!shows || accent == Accent::kNone) return std::string(text);
  return std::string(code_of(accent)).append(text).append("\x1b[0m");
}

Table::Table(std::vector<std::string> heading) { add(std::move(heading), Accent::kStrong); }

void Table::add(std::vector<std::string> row, Accent accent) {
  for (std::string& cell : row) cell = base::printable(cell);
  rows_.push_back({std::move(row), accent});
}

std::string Table::text() const {
  std::vector<size_t> widths(rows_.front().cells.size(), 0);
  for (const Row& row : rows_) {
    for (size_t i = 0; i < row.cells.size(); ++i) {
      widths[i] = std::max(widths[i], width_of(row.cells[i]));
    }
  }
  std::string text;
  for (const Row& row : rows_) {
    std::string line;
    for (size_t i = 0; i < row.cells.size(); ++i) {
      line += (i == 0 ? "" : "  ") + row.cells[i];
      line.append(widths[i] - width_of(row.cells[i]), ' ');
    }
    while (line.ends_with(' ')) line.pop_back();
    text += accented(line, row.accent) + "\n";
  }
  return text;
}

}  // namespace layercast::tools
