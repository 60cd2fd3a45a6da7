#include "tools/common/progress.h"

#include "tools/common/library_output.h"

#include <cstdio>
#include <string>
#include <unistd.h>

namespace layercast::tools {
namespace {

using std::chrono::steady_clock;

constexpr auto kInterval = std::chrono::milliseconds(200);
constexpr int kBarCells = 24;

std::string clock_text(double seconds) {
  const auto whole = static_cast<int64_t>(seconds + 0.5);
  char text[32];
  std::snprintf(text, sizeof text, "%lld:%02lld", static_cast<long long>(whole / 60),
                static_cast<long long>(whole % 60));
  return text;
}

// A progress line that cannot be written is of no importance.
void write_terminal(const std::string& text) {
  [[maybe_unused]] const ssize_t written = ::write(message_descriptor(), text.data(), text.size());
}

std::string bar(double part) {
  const int filled = static_cast<int>(part * kBarCells);
  return "[" + std::string(static_cast<size_t>(filled), '#') +
         std::string(static_cast<size_t>(kBarCells - filled), '.') + "] ";
}

}  // namespace

Progress::Progress(Show show, std::optional<int64_t> total)
    : shown_(show == Show::kOnTerminal && ::isatty(message_descriptor()) == 1),
      total_(total),
      start_(steady_clock::now()),
      last_(start_) {}

Progress::~Progress() { clear(); }

void Progress::update(int64_t done) {
  if (!shown_) return;
  const auto now = steady_clock::now();
  if (now - last_ < kInterval) return;
  last_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double rate = static_cast<double>(done) / seconds;
  char counts[96];
  std::string line;
  if (total_ && *total_ > 0) {
    line = bar(static_cast<double>(done) / static_cast<double>(*total_));
    std::snprintf(counts, sizeof counts, "%lld/%lld frames, %.1f fps", static_cast<long long>(done),
                  static_cast<long long>(*total_), rate);
    line += counts;
    if (rate > 0) line += ", " + clock_text(static_cast<double>(*total_ - done) / rate) + " left";
  } else {
    std::snprintf(counts, sizeof counts, "%lld frames, %.1f fps", static_cast<long long>(done),
                  rate);
    line = counts;
  }
  write_terminal("\r\033[K" + line);
  line_is_open_ = true;
}

void Progress::clear() {
  if (!line_is_open_) return;
  write_terminal("\r\033[K");
  line_is_open_ = false;
}

}  // namespace layercast::tools
