#pragma once

#include "content/rasterizer.h"
#include "render/layer_content.h"
#include "render/resampled_pictures.h"
#include "scene/run_state.h"
#include "scene/scene.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace layercast::render {

/// One visible layer and what it shows.
struct ShownLayer {
  base::Shared<scene::Layer> layer;
  base::Shared<scene::LayerRun> run;
  size_t index = 0;  ///< in the scene's list
  LayerContentPtr content;

  scene::RunningLayer running() const { return {*layer, *run}; }
};

/// A scene with all its contents ready: what a renderer shows from one frame to the next change.
struct SceneView {
  std::shared_ptr<const scene::SceneFile> file;  ///< canvas and fonts; its layers do not count
  std::vector<ShownLayer> layers;                ///< from far to near
  /// Draws the texts that change from frame to frame; for the one renderer that shows the view.
  std::shared_ptr<content::Rasterizer> rasterizer;
  std::shared_ptr<ResampledPictures> resampled;
  int64_t revision = 0;  ///< of a live scene: everything up to it shows
};

using SceneViewPtr = std::shared_ptr<const SceneView>;

}  // namespace layercast::render
