#pragma once

#include "scene/command.h"
#include "scene/scene.h"
#include "scene/value.h"

#include <optional>
#include <string>

namespace layercast::layers {

/// What commands from the network may name.
struct Folders {
  std::string scene;   ///< what relative paths start from
  std::string assets;  ///< what may be read and written
};

/// Why a command must not come from the network: the scene `after` it names a file outside the
/// assets folder, symbolic links resolved, or a URL of a scheme that is not allowed, which the
/// scene `before` it does not name. Nullopt where the command is allowed. What names a file follows
/// from the FileRole of each field in the tables. `params`: of the command, for the places of
/// faults.
std::optional<scene::Refusal> refusal_of_names(const scene::Value& params,
                                               const scene::Scene& before,
                                               const scene::Scene& after, const Folders& folders);

}  // namespace layercast::layers
