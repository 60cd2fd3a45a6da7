#include "tools/common/log.h"

#include "base/printable.h"
#include "base/time.h"
#include "tools/common/library_output.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace layercast::tools {
namespace {

constexpr std::array<std::string_view, 4> kLevelNames = {"debug", "info", "warning", "error"};

void write_line(std::string line) {
  line += '\n';
  std::string_view rest = line;
  while (!rest.empty()) {
    const ssize_t written = ::write(message_descriptor(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return;
    rest.remove_prefix(static_cast<size_t>(written));
  }
}

base::Error wrong_choice(std::string_view option, const std::string& given,
                         std::string_view expected) {
  return base::invalid_input("\"" + given + "\" is not known, expected " + std::string(expected),
                             "--" + std::string(option));
}

}  // namespace

base::Result<void> Log::configure(const Arguments& arguments) {
  if (const auto level = arguments.one("log-level")) {
    const auto known = std::find(kLevelNames.begin(), kLevelNames.end(), *level);
    if (known == kLevelNames.end()) {
      return wrong_choice("log-level", *level, "debug, info, warning or error");
    }
    level_ = static_cast<LogLevel>(known - kLevelNames.begin());
  }
  if (const auto format = arguments.one("log-format")) {
    if (*format != "text" && *format != "json") {
      return wrong_choice("log-format", *format, "text or json");
    }
    format_ = *format == "json" ? LogFormat::kJson : LogFormat::kText;
  }
  return {};
}

void Log::take_format(int argc, const char* const* argv) {
  constexpr std::string_view kName = "--log-format";
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const bool is_next = argument == kName && i + 1 < argc;
    if (is_next || argument.starts_with(std::string(kName) + "=")) {
      const std::string_view value = is_next ? argv[i + 1] : argument.substr(kName.size() + 1);
      format_ = value == "json" ? LogFormat::kJson : LogFormat::kText;
    }
  }
}

void Log::write(LogLevel level, std::string_view message) const {
  if (!shows(level)) return;
  if (format_ == LogFormat::kJson) return write_json(level, message);
  const std::string_view name = kLevelNames.at(static_cast<size_t>(level));
  std::string prefix;
  if (times_ == Times::kShown) {
    prefix = base::utc_text(std::chrono::system_clock::now()) + " ";
  }
  prefix += level == LogLevel::kInfo ? tool_ + ": " : tool_ + ": " + std::string(name) + ": ";
  write_line(prefix + base::printable(message));
}

void Log::write_fault(std::string_view line) const {
  if (format_ == LogFormat::kJson) return write_json(LogLevel::kError, line);
  write_line(base::printable(line));
}

int Log::fail(const base::Error& error) const {
  if (error.code != base::ErrorCode::kBrokenPipe) write(LogLevel::kError, error.to_string());
  return base::meaning_of(error.code).exit_status;
}

void Log::write_json(LogLevel level, std::string_view message) const {
  using std::chrono::system_clock;
  const double seconds =
      std::chrono::duration<double>(system_clock::now().time_since_epoch()).count();
  const nlohmann::ordered_json line = {{"time", seconds},
                                       {"level", kLevelNames.at(static_cast<size_t>(level))},
                                       {"tool", tool_},
                                       {"message", message}};
  constexpr auto kReplace = nlohmann::ordered_json::error_handler_t::replace;
  write_line(line.dump(-1, ' ', false, kReplace));
}

}  // namespace layercast::tools
