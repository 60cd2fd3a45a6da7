#pragma once

#include "tools/common/log.h"
#include "tools/common/option_table.h"
#include "tools/layerctl/daemon.h"
#include "tools/layerctl/target.h"

#include <memory>
#include <string>

namespace layercast::tools {

/// One run of layerctl: what is asked, of whom.
struct Session {
  const Arguments& arguments;
  const Log& log;
  std::unique_ptr<Target> target;
  Daemon* daemon = nullptr;  ///< the target, unless that is a scene file

  bool is_json() const { return arguments.has("json"); }
};

/// The daemon that the command line or the environment names. Errors: kInvalidInput.
base::Result<std::unique_ptr<Daemon>> open_daemon(const Arguments& arguments);

/// The daemon, or kInvalidInput: only a running one does this.
base::Result<Daemon*> running_daemon(const Session& session);

/// Prints a value as --json has it.
base::Result<void> print_json(const scene::Value& value);

/// Prints what came of a command: with --json all of it; else what was waited for.
base::Result<void> print_reply(const Session& session, const Reply& reply);

/// Does what the command line asks for; gives the exit status.
int run_layerctl(const Arguments& arguments, const Log& log);

}  // namespace layercast::tools
