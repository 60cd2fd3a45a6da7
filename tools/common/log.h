#pragma once

#include "base/error.h"
#include "tools/common/option_table.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace layercast::tools {

/// The severity of a message, and the format of all messages.
enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

/// Writes a tool's messages to stderr. Thread: any; each message is a single write.
class Log {
 public:
  /// Whether lines of text begin with the time. JSON always has it.
  enum class Times : uint8_t { kHidden, kShown };

  explicit Log(std::string_view tool, Times times = Times::kHidden) : tool_(tool), times_(times) {}

  /// Applies --log-level and --log-format. Errors: kInvalidInput.
  base::Result<void> configure(const Arguments& arguments);
  /// Applies a valid --log-format of an otherwise invalid command line, so that the error is
  /// reported in that format.
  void take_format(int argc, const char* const* argv);

  /// Writes one line, in text format with base::printable(). Text format: `TIME TOOL: LEVEL:
  /// message`, without the level for kInfo; TIME is UTC, as 2026-01-01T18:00:00.123Z, with
  /// Times::kShown only.
  void write(LogLevel level, std::string_view message) const;
  /// Writes a fault of a scene file, in text format without a prefix.
  void write_fault(std::string_view line) const;
  /// Writes the error and returns its exit status. A broken pipe is not reported.
  int fail(const base::Error& error) const;

  bool is_text() const { return format_ == LogFormat::kText; }
  bool shows(LogLevel level) const { return level >= level_; }

 private:
  void write_json(LogLevel level, std::string_view message) const;

  std::string tool_;
  Times times_;
  LogLevel level_ = LogLevel::kInfo;
  LogFormat format_ = LogFormat::kText;
};

}  // namespace layercast::tools
