#pragma once

#include "base/shared.h"
#include "scene/model/scene.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::scene {

/// The mask layer of each layer that has one, by id.
using MaskLayers = std::map<std::string_view, std::string_view>;

/// The mask layers of `layers`. Ownership: the ids refer to `layers`.
MaskLayers mask_layers_of(const std::vector<base::Shared<Layer>>& layers);

/// The layers from `start` along their mask layers back to `start`, which comes first and last;
/// empty if the masks do not lead back to it.
std::vector<std::string_view> mask_cycle(const MaskLayers& masks, std::string_view start);

/// `a → b → a`.
std::string cycle_text(const std::vector<std::string_view>& cycle);

}  // namespace layercast::scene
