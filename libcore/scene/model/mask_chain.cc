#include "scene/model/mask_chain.h"

namespace layercast::scene {

MaskLayers mask_layers_of(const std::vector<base::Shared<Layer>>& layers) {
  MaskLayers masks;
  for (const auto& layer : layers) {
    if (layer->mask && layer->mask->layer) masks[layer->id] = *layer->mask->layer;
  }
  return masks;
}

std::vector<std::string_view> mask_cycle(const MaskLayers& masks, std::string_view start) {
  std::vector<std::string_view> chain{start};
  while (chain.size() <= masks.size()) {
    const auto mask = masks.find(chain.back());
    if (mask == masks.end()) return {};
    chain.push_back(mask->second);
    if (chain.back() == start) return chain;
  }
  return {};  // a cycle of other layers
}

std::string cycle_text(const std::vector<std::string_view>& cycle) {
  std::string text;
  for (const std::string_view id : cycle) {
    if (!text.empty()) text += " → ";
    text += id;
  }
  return text;
}

}  // namespace layercast::scene
