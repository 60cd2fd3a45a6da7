#pragma once

#include "base/error.h"
#include "tools/common/option_table.h"

#include <string>
#include <string_view>

namespace layercast::tools {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

/// A tool's messages on stderr. Thread: any; one message is one write.
class Log {
 public:
  explicit Log(std::string_view tool) : tool_(tool) {}

  /// Takes --log-level and --log-format. Errors: kInvalidInput.
  base::Result<void> configure(const Arguments& arguments);
  /// Takes a right --log-format from a command line that may be wrong in every other way, so that
  /// what is wrong is told in it.
  void take_format(int argc, const char* const* argv);

  /// One line. In text: `TOOL: LEVEL: message`; infos go without a level.
  void write(LogLevel level, std::string_view message) const;
  /// A line that is printed as it stands in text: the faults of a scene file.
  void write_fault(std::string_view line) const;
  /// The error as one line, and its exit status. A broken pipe is not told.
  int fail(const base::Error& error) const;

  bool is_text() const { return format_ == LogFormat::kText; }
  bool shows(LogLevel level) const { return level >= level_; }

 private:
  void write_json(LogLevel level, std::string_view message) const;

  std::string tool_;
  LogLevel level_ = LogLevel::kInfo;
  LogFormat format_ = LogFormat::kText;
};

}  // namespace layercast::tools
