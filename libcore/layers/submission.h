#pragma once

#include "base/time.h"
#include "scene/live/command.h"
#include "scene/wire/value.h"

#include <cstdint>
#include <optional>
#include <variant>

namespace layercast::layers {

/// The origin of a command, which determines the files and URLs that it may name.
enum class Origin : uint8_t {
  kLocal,    ///< the user who runs the daemon: any file
  kNetwork,  ///< what layers/permission.h allows
};

/// When to apply a command: at the frame of a stream time, at the index of a frame, or at the first
/// frame at or after a wall-clock time.
using At = std::variant<base::Duration, int64_t, base::WallTime>;

/// A command with its conditions.
struct Submission {
  scene::Command command;
  std::optional<int64_t> if_revision;  ///< refused as kStale if the scene is at another revision
  std::optional<At> at;                ///< absent or past: immediately
  Origin origin = Origin::kNetwork;
};

/// The result of a command that was applied and is durable.
struct Accepted {
  /// The revision after the command; the current one if nothing changed, or the command is
  /// scheduled.
  int64_t revision = 0;
  scene::Value result;        ///< for a scheduled command: `{"scheduled": number}`
  bool is_changed = false;    ///< the command changed the scene
  bool is_scheduled = false;  ///< the command waits for its frame
  base::Duration due{};       ///< of a scheduled command: the stream time of that frame
};

using Answer = std::variant<Accepted, scene::Refusal>;

}  // namespace layercast::layers
