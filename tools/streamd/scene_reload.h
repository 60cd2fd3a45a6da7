#pragma once

#include "base/error.h"
#include "layers/layer_manager.h"
#include "scene/model/scene.h"

#include <string>
#include <vector>

namespace layercast::tools {

/// Makes the live scene equal to `target` in one revision; unchanged layers keep their phase.
/// Returns the number of changes; 0 when the scenes are equal. Errors: the refusal's.
base::Result<int> make_equal(layers::LayerManager& layers, const scene::Scene& target);

/// The changes that make the outputs of the command line in `live` equal to `wanted`.
std::vector<scene::Change> line_output_changes(const scene::Scene& live,
                                               const std::vector<scene::Output>& wanted);

/// Executes all changes as one command, in one revision. Errors: the refusal's, with all its
/// faults.
base::Result<void> execute(layers::LayerManager& layers, std::vector<scene::Change> changes);

}  // namespace layercast::tools
