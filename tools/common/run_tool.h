#pragma once

#include "base/error.h"
#include "tools/common/log.h"
#include "tools/common/option_table.h"

#include <functional>

namespace layercast::tools {

/// What a tool does once its command line is right; gives the exit status.
using ToolWork = std::function<int(const Arguments& arguments, const Log& log)>;

/// A tool's main: watches signals, reads the command line by `table`, answers --help and --version,
/// sets up the log, and does the work. Gives the exit status.
int run_tool(const OptionTable& table, int argc, const char* const* argv, const ToolWork& work);

/// The exit status of `done`; what failed is told on stderr. Whatever an interruption made fail, it
/// is the interruption that counts.
int exit_status(const base::Result<void>& done, const Log& log);

}  // namespace layercast::tools
