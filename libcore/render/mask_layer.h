#pragma once

#include "base/geometry.h"
#include "scene/model/scene.h"

#include <string>
#include <string_view>

/// The image of a mask is loaded and drawn as the content of a layer that the scene does not have.
/// Thread: any.
namespace layercast::render {

/// The layer that shows the image of `layer`'s mask: stretched over the canvas, and visible. Its id
/// is mask_name(layer.id). Range: the mask has a source.
scene::Layer mask_layer_of(const scene::Layer& layer, base::SizeI canvas);

/// The name of the layer that shows the image of a mask, from the name of the masked layer; no id
/// has its form.
std::string mask_name(std::string_view layer);
/// The layer of the scene that `name` belongs to: the masked one of a mask_name(), else itself.
std::string_view owner_of(std::string_view name);
/// Whether `name` is a mask_name().
bool is_mask_name(std::string_view name);

}  // namespace layercast::render
