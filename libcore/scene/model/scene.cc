#include "scene/model/scene.h"

namespace layercast::scene {

Layer::Layer() = default;
Layer::Layer(const Layer& other) = default;
Layer::Layer(Layer&& other) noexcept = default;
Layer& Layer::operator=(const Layer& other) = default;
Layer& Layer::operator=(Layer&& other) noexcept = default;
Layer::~Layer() = default;
bool Layer::operator==(const Layer& other) const = default;

}  // namespace layercast::scene
