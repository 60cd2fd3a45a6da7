#include "tools/common/help_text.h"

#include <algorithm>
#include <sys/ioctl.h>
#include <unistd.h>

namespace layercast::tools {
namespace {

constexpr size_t kColumns = 100;
// A narrower text would be a column of single words.
constexpr size_t kTextColumnsMin = 24;

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xc0U) == 0x80; }

// The number of bytes of the first `characters` characters.
size_t bytes_of(std::string_view text, size_t characters) {
  size_t bytes = 0;
  while (bytes < text.size() && characters > 0) {
    ++bytes;
    while (bytes < text.size() && is_continuation(text[bytes])) ++bytes;
    --characters;
  }
  return bytes;
}

size_t indent_of(std::string_view line, size_t described) {
  const size_t first = std::min(line.find_first_not_of(' '), line.size());
  const size_t begin = bytes_of(line, described);
  const bool is_entry =
      first > 0 && begin < line.size() && begin > 0 && line[begin - 1] == ' ' && line[begin] != ' ';
  return is_entry ? described : first;
}

void wrap(std::string_view line, size_t columns, size_t described, std::string& out) {
  size_t indent = indent_of(line, described);
  if (indent + kTextColumnsMin > columns) indent = std::min<size_t>(indent, 4);
  size_t room = columns;
  while (true) {
    const size_t fits = bytes_of(line, room);
    if (fits == line.size()) break;
    size_t space = line.rfind(' ', fits);
    const bool is_usable =
        space != std::string_view::npos && space > 0 && line.find_first_not_of(' ') < space;
    if (!is_usable) space = line.find(' ', fits);
    if (space == std::string_view::npos) break;
    std::string_view head = line.substr(0, space);
    while (head.ends_with(' ')) head.remove_suffix(1);
    out.append(head).append("\n").append(indent, ' ');
    line.remove_prefix(std::min(line.find_first_not_of(' ', space), line.size()));
    room = columns - std::min(indent, columns - 1);
  }
  out.append(line).append("\n");
}

}  // namespace

size_t terminal_columns() {
  struct winsize size {};
  const bool is_known =
      ::isatty(STDOUT_FILENO) == 1 && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0;
  return is_known && size.ws_col > 0 ? size.ws_col : kColumns;
}

std::string wrapped_help(std::string_view text, size_t columns, size_t indent) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    wrap(text.substr(0, end), columns, indent, out);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace layercast::tools
