#include "render/mask_layer.h"

#include "base/check.h"

namespace layercast::render {
namespace {

constexpr std::string_view kEnding = "/mask";

}  // namespace

scene::Layer mask_layer_of(const scene::Layer& layer, base::SizeI canvas) {
  LAYERCAST_CHECK(layer.mask && layer.mask->source);
  scene::Layer shown;
  shown.id = mask_name(layer.id);
  shown.size =
      scene::LengthSize{static_cast<double>(canvas.width), static_cast<double>(canvas.height)};
  shown.content = scene::ImageContent{*layer.mask->source, scene::Fit::kFill, {}, {}};
  shown.on_error = layer.on_error;
  return shown;
}

std::string mask_name(std::string_view layer) { return std::string(layer) + std::string(kEnding); }

std::string_view owner_of(std::string_view name) {
  return is_mask_name(name) ? name.substr(0, name.size() - kEnding.size()) : name;
}

bool is_mask_name(std::string_view name) { return name.ends_with(kEnding); }

}  // namespace layercast::render
