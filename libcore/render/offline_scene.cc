#include "render/offline_scene.h"

#include "render/mask_layer.h"
#include "scene/eval/resolved.h"
#include "scene/model/placeholder.h"
#include "scene/model/scene_settings.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace layercast::render {
namespace {

// Whether the layer masks another one.
bool masks_any(const scene::Scene& scene, const scene::Layer& layer) {
  return std::ranges::any_of(
      scene.layers, [&](const auto& each) { return each->mask && each->mask->layer == layer.id; });
}

// All visible layers and the images of their masks, from far to near, without contents.
std::vector<ShownLayer> visible_layers(const scene::Scene& scene, const scene::RunState& run) {
  std::vector<ShownLayer> shown;
  for (size_t i = 0; i < scene.layers.size(); ++i) {
    const auto layer = scene::resolved(scene.layers[i], scene.canvas.size);
    const auto layer_run = scene::resolved(run.layers.of(layer->id), scene.canvas.size);
    if (!layer->visible && !layer_run->exit_start) continue;
    if (layer->mask && layer->mask->source) {
      shown.push_back({mask_layer_of(layer, scene.canvas.size), scene::LayerRun{}, i, nullptr,
                       mask_name(layer->id), true});
    }
    shown.push_back({layer, layer_run, i, nullptr, layer->id, masks_any(scene, layer)});
    if (layer->mask) shown.back().mask = layer->mask->layer.value_or(mask_name(layer->id));
  }
  std::ranges::stable_sort(shown, {}, [](const ShownLayer& s) { return s.layer->z_index; });
  return shown;
}

}  // namespace

SceneViewPtr offline_view(const scene::SceneFile& file, const OfflineOptions& options) {
  auto view = std::make_shared<SceneView>();
  view->settings = scene::settings_of(file.scene, file.folder);
  view->layers = visible_layers(file.scene, options.run);
  view->resampled = std::make_shared<ResampledPictures>();
  ContentMaker maker(view->settings, options);
  scene::PlaceholderClock clock{options.first_frame,
                                options.rate.value_or(view->settings.canvas.fps),
                                options.clock_start,
                                {},
                                {}};
  for (ShownLayer& shown : view->layers) {
    clock.layer_start = shown.run->start.value_or(base::Duration{});
    shown.content = maker.make(shown.running(), clock);
  }
  // The maker makes no more contents, so that the renderer can use its rasterizer.
  view->rasterizer = maker.rasterizer();
  return view;
}

Renderer offline_renderer(const scene::SceneFile& file, const OfflineOptions& options) {
  return Renderer(offline_view(file, options), options);
}

}  // namespace layercast::render
