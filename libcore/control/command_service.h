#pragma once

#include "base/error.h"
#include "control/command_request.h"
#include "control/problem.h"
#include "control/server_limits.h"
#include "control/stream_status_provider.h"
#include "layers/layer_manager.h"

#include <functional>
#include <memory>
#include <string>

namespace layercast::control {

/// What a client gets for a command: what happened, or why it was refused.
using CommandAnswer = base::Result<CommandResult, Problem>;

/// Executes the commands of HTTP and WebSocket clients. Thread: any (locked).
class CommandService {
 public:
  using Done = std::function<void(CommandAnswer)>;

  /// All outlive the service; `layers` and `status_provider` outlive the callbacks, too.
  CommandService(layers::LayerManager& layers, const StreamStatusProvider& status_provider,
                 const Limits& limits);
  ~CommandService();
  CommandService(const CommandService&) = delete;
  CommandService& operator=(const CommandService&) = delete;

  /// Reads and submits the command. Calls `done` exactly once: at once if the command cannot be
  /// read, or needs a greater role than the request has, as may one of a batch; else on a thread of
  /// the layer manager: when the command is durable or, with AckLevel::kOnAir, when a frame that
  /// shows it was passed to the encoder; without a frame after Limits::on_air_patience or stop().
  /// With a frame, the answer says which contents failed. With that level, a scheduled command is
  /// answered when it was executed, if it is due within Limits::scheduled_patience. `done` must not
  /// wait. `body_pointer`: the place of the client's document in the params, as a JSON pointer; the
  /// faults of a refusal are relative to it.
  void execute(const CommandRequest& request, const std::string& body_pointer, Done done);

  /// Cancels the scheduled command `number`, which must be one that `role` may execute. `done` is
  /// called exactly once, on a thread of the layer manager; it must not wait.
  void cancel(int64_t number, Role role, Done done);

  /// Ends all waits for frames, now and in future.
  void stop();

 private:
  class FrameWaits;

  struct Asked;

  static void wait_for_frame(const std::shared_ptr<const Asked>& asked, CommandResult result);

  layers::LayerManager& layers_;
  const StreamStatusProvider& status_provider_;
  const Limits& limits_;
  std::shared_ptr<FrameWaits> waits_;  ///< shared with callbacks, which may outlive the service
};

}  // namespace layercast::control
