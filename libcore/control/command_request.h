#pragma once

#include "base/error.h"
#include "control/problem.h"
#include "control/role.h"
#include "control/stream_status_provider.h"
#include "layers/layer_manager.h"
#include "scene/live/command_codec.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

namespace layercast::control {

/// When a command is answered.
enum class AckLevel : uint8_t {
  kDurable,  ///< the store has the change
  kOnAir,    ///< the encoder has received a frame that shows the change
};

/// A command as a client sent it.
struct CommandRequest {
  scene::CommandDocument command;
  Role role = Role::kNone;             ///< of the client
  std::optional<int64_t> if_revision;  ///< as in layers::Submission
  std::optional<layers::At> at;
  AckLevel level = AckLevel::kDurable;
};

/// The result of a command.
struct CommandResult {
  layers::Accepted accepted;
  AckLevel level = AckLevel::kDurable;
  std::optional<int64_t> frame;  ///< the first frame that showed it; absent: none in time
  /// Of the layers and sounds that the command names, those that cannot be shown or heard.
  std::vector<FailingLayer> failing = {};
};

/// Parses when a command is due: `10s`, `1.5` (seconds of stream time), `frame:1234` or
/// `2026-01-01T18:00:00+01:00`. Errors: kInvalidInput.
base::Result<layers::At> at_from(std::string_view text);
/// Parses the acknowledgement that a client waits for: `on-air`. Errors: kInvalidInput.
base::Result<AckLevel> ack_level_from(std::string_view text);

/// `{revision, frame, failing, result}`; `frame` is present only when the client waited for it, and
/// `failing` (`[{id, message}]`) only if a content failed.
scene::Value document_of(const CommandResult& result);

}  // namespace layercast::control
