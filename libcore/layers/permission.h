#pragma once

#include "scene/command.h"
#include "scene/scene.h"

#include <optional>
#include <string>

namespace layercast::layers {

/// The folders that limit the files in commands from the network.
struct Folders {
  std::string scene;   ///< base of relative paths
  std::string assets;  ///< the folder that may be read and written
};

/// The refusal of a network command after which the scene names something that is not allowed: a
/// file outside the assets folder, symbolic links resolved, or a URL with another scheme. Names
/// that the scene `before` already has are allowed. Nullopt if the command is allowed. The FileRole
/// of each field in the tables determines what is a file or URL.
std::optional<scene::Refusal> refusal_of_names(const scene::Command& command,
                                               const scene::Scene& before,
                                               const scene::Scene& after, const Folders& folders);

}  // namespace layercast::layers
