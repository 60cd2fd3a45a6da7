#pragma once

#include "base/error.h"
#include "tools/common/log.h"
#include "tools/common/option_table.h"

#include <functional>

namespace layercast::tools {

/// The work of a tool after its command line was parsed; returns the exit status.
using ToolWork = std::function<int(const Arguments& arguments, const Log& log)>;

/// The main function of a tool: installs signal handlers, parses the command line, handles --help
/// and --version, configures the log and does the work. Returns the exit status.
int run_tool(const OptionTable& table, int argc, const char* const* argv, const ToolWork& work);

/// Reports the error in `done`, if any, and returns the exit status. After an interruption it is
/// that of kInterrupted, whatever failed.
int exit_status(const base::Result<void>& done, const Log& log);

}  // namespace layercast::tools
