#pragma once

#include "base/error.h"
#include "layers/layer_manager.h"
#include "scene/scene.h"

#include <string>
#include <vector>

namespace layercast::tools {

/// The live scene becomes `target` in one revision; layers that stay keep their phase.
/// How many commands that took; 0 when it was equal already. Errors: the refusal's.
base::Result<int> make_equal(layers::LayerManager& layers, const scene::Scene& target);

/// Commands that make outputs of the command line those of `wanted`, in `live`.
std::vector<scene::Command> line_output_commands(const scene::Scene& live,
                                                 const std::vector<scene::Output>& wanted);

/// All of `commands` in one revision. Errors: the refusal's, with all that is wrong.
base::Result<void> obey(layers::LayerManager& layers, const std::vector<scene::Command>& commands);

}  // namespace layercast::tools
