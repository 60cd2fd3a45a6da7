#pragma once

#include "base/metrics.h"
#include "content/rasterizer.h"
#include "render/layer_content.h"
#include "render/resampled_pictures.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"
#include "scene/model/scene_settings.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace layercast::render {

/// The content that a layer showed before a live change, while it cross-fades to the new one.
struct FormerContent {
  base::Shared<scene::Layer> layer;  ///< as it was
  base::Shared<scene::LayerRun> run;
  LayerContentPtr content;
  base::Duration replaced_at{};  ///< stream time at which the new content was ready
};

/// Counts the seconds that a layer costs.
struct LayerCost {
  std::shared_ptr<base::Counter> prepare;  ///< On the render thread: its pictures, filters, place.
  std::shared_ptr<base::Counter> compose;  ///< Drawing its pixels, CPU time of all threads.
};

/// One visible layer and its content.
struct ShownLayer {
  base::Shared<scene::Layer> layer;
  base::Shared<scene::LayerRun> run;
  size_t index = 0;  ///< in the scene's list
  LayerContentPtr content;
  std::string name{};    ///< unique in the view: the id, or mask_name() of an image of a mask
  bool is_mask = false;  ///< whether it is not drawn itself, but other layers through it
  std::shared_ptr<const FormerContent> former = nullptr;  ///< null: nothing fades
  std::shared_ptr<const LayerCost> cost = nullptr;        ///< null: the layer is not measured
  std::string mask{};  ///< the name of the layer that masks it; empty: none

  scene::RunningLayer running() const { return {*layer, *run}; }
};

/// A scene with its contents ready, which a renderer shows until the next change. Made by
/// offline_view() for a scene file, and by stream::ContentLoader for a live scene.
/// Ownership: a view owns or shares everything that it refers to. No pointer is null.
struct SceneView {
  scene::SceneSettings settings;
  base::SizeI frame_size;          ///< of a live scene's frames, into which the canvas is scaled
  std::vector<ShownLayer> layers;  ///< from far to near
  /// Draws texts that change from frame to frame. Thread: that of the renderer.
  std::shared_ptr<content::Rasterizer> rasterizer;
  std::shared_ptr<ResampledPictures> resampled;
  int64_t revision = 0;  ///< of a live scene: the newest revision that is fully visible
};

using SceneViewPtr = std::shared_ptr<const SceneView>;

}  // namespace layercast::render
