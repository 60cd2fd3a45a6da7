#pragma once

#include "base/error.h"
#include "control/command_request.h"
#include "control/problem.h"
#include "scene/wire/value.h"

#include <string>
#include <string_view>

namespace layercast::control {

/// A command of a WebSocket client.
struct RpcCommand {
  CommandRequest request;
  std::string body_pointer;  ///< of the client's document in the command's params
};

/// The command of `method`, a command of a route, with the params of a client: those of command.h,
/// or beside `id` the members of the body that the HTTP route takes, and `if_revision`, `at` and
/// `wait`.
base::Result<RpcCommand, Problem> rpc_command_from(const std::string& method, scene::Value params);

/// A refusal about the param `key`.
Problem wrong_param(std::string_view key, std::string detail);

}  // namespace layercast::control
