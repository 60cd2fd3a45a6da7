#pragma once

#include "tools/common/log.h"
#include "tools/common/option_table.h"
#include "tools/layerctl/daemon_client.h"
#include "tools/layerctl/target.h"

#include <memory>
#include <string>

namespace layercast::tools {

/// One run of layerctl: its command line, log and target.
struct Session {
  const Arguments& arguments;
  const Log& log;
  std::unique_ptr<Target> target;
  DaemonClient* daemon = nullptr;  ///< the target, unless it is a scene file

  bool is_json() const { return arguments.has("json"); }
};

/// The daemon that the command line or the environment selects. Errors: kInvalidInput.
base::Result<std::unique_ptr<DaemonClient>> open_daemon(const Arguments& arguments);

/// The daemon. Errors: kInvalidInput when the target is a scene file.
base::Result<DaemonClient*> running_daemon(const Session& session);

/// Prints a value as JSON.
base::Result<void> print_json(const scene::Value& value);

/// Prints the result of a command: all of it with --json, else the frame that --wait waited for.
base::Result<void> print_reply(const Session& session, const Reply& reply);

/// Executes the command; returns the exit status.
int run_layerctl(const Arguments& arguments, const Log& log);

}  // namespace layercast::tools
