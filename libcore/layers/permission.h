#pragma once

#include "scene/command.h"
#include "scene/live_state.h"

#include <optional>
#include <string>

namespace layercast::layers {

/// What commands from the network may name.
struct Folders {
  std::string scene;   ///< what relative paths start from
  std::string assets;  ///< what may be read and written
};

/// Why `command` must not come from the network: it names a file outside the assets folder,
/// symbolic links resolved, or a URL of a scheme that is not allowed, which `state` does not name
/// already. Nullopt when nothing speaks against it.
std::optional<scene::Refusal> refusal_of_names(const scene::Command& command,
                                               const scene::LiveState& state,
                                               const Folders& folders);

}  // namespace layercast::layers
