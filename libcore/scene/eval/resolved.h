#pragma once

#include "base/geometry.h"
#include "base/shared.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"

/// Percentages become px before a layer is drawn: the modules that draw read px only.
namespace layercast::scene {

/// The layer with all lengths in px of a parent of this size: its size, its position, and the sizes
/// of its keyframes. The same pointer if it has no percentages.
base::Shared<Layer> resolved(const base::Shared<Layer>& layer, base::SizeI parent);

/// The same for the values that its transition starts from.
base::Shared<LayerRun> resolved(const base::Shared<LayerRun>& run, base::SizeI parent);

}  // namespace layercast::scene
