#include "tools/common/run_tool.h"

#include "tools/common/interruption.h"
#include "tools/common/library_output.h"

#include <cstdio>
#include <variant>

namespace layercast::tools {

int run_tool(const OptionTable& table, int argc, const char* const* argv, const ToolWork& work) {
  watch_signals();
  Log log(table.tool, table.is_daemon ? Log::Times::kShown : Log::Times::kHidden);
  log.take_format(argc, argv);
  const auto parsed = parse_command_line(table, argc, argv);
  if (const auto* answer = std::get_if<Answer>(&parsed)) {
    if (answer->exit_status == 0) {
      std::fputs(answer->text.c_str(), stdout);
    } else {
      log.write(LogLevel::kError, answer->text);
    }
    return answer->exit_status;
  }
  const auto& arguments = std::get<Arguments>(parsed);
  if (const auto configured = log.configure(arguments); !configured) {
    return log.fail(configured.error());
  }
  const LibraryOutput library_output(log);
  return work(arguments, log);
}

int exit_status(const base::Result<void>& done, const Log& log) {
  if (done) return 0;
  const int status = log.fail(done.error());
  return interrupted() ? base::meaning_of(base::ErrorCode::kInterrupted).exit_status : status;
}

}  // namespace layercast::tools
