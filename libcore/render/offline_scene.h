#pragma once

#include "render/layer_content.h"
#include "render/renderer.h"
#include "render/scene_view.h"
#include "scene/model/run_state.h"
#include "scene/wire/scene_file.h"

#include <cstdint>

namespace layercast::render {

/// How the scene of a file is rendered.
struct OfflineOptions : RenderOptions, ContentSources {
  scene::RunState run = {};  ///< default: all parts begin at frame 0
  /// The frame that the first picture of a changing text shows. The renderer redraws such a text
  /// for every other frame, so this saves work and changes no frame.
  int64_t first_frame = 0;
};

/// Makes the contents of all visible layers of a scene that does not change, and returns its view.
/// A content that fails becomes the error picture; Renderer::prepare() reports it.
/// Ownership: the view does not refer to `file` or `options`.
SceneViewPtr offline_view(const scene::SceneFile& file, const OfflineOptions& options);

/// A renderer that shows this view.
Renderer offline_renderer(const scene::SceneFile& file, const OfflineOptions& options);

}  // namespace layercast::render
