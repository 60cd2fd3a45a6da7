#pragma once

#include "content/animation/picture_pool.h"
#include "frame/image.h"
#include "render/layer_content.h"
#include "scene/model/placeholder.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"
#include "scene/model/scene_settings.h"

#include <memory>
#include <utility>

namespace layercast::stream {

/// The context that contents depend on besides their layer.
struct ContentContext {
  ContentContext(scene::SceneSettings scene_settings, render::ContentSources outside,
                 std::shared_ptr<content::PicturePool> shared, scene::WallTime start)
      : settings(std::move(scene_settings)),
        sources(std::move(outside)),
        pool(std::move(shared)),
        epoch(start) {}

  bool suit(const scene::Scene& scene) const {
    return settings.canvas.size == scene.canvas.size && settings.fonts == scene.fonts;
  }

  scene::SceneSettings settings;
  render::ContentSources sources;
  std::shared_ptr<content::PicturePool> pool;
  scene::WallTime epoch;
};
using ContentContextPtr = std::shared_ptr<const ContentContext>;

/// The content maker of one thread, which is replaced when the context changes. Thread: one at a
/// time.
class ContentBuilder {
 public:
  render::LayerContentPtr make(const ContentContextPtr& context, const scene::RunningLayer& layer,
                               const scene::PlaceholderClock& clock) {
    return maker_of(context).make(layer, clock);
  }
  /// The error picture of a layer that is not loaded because of `error`.
  render::LayerContentPtr make_failed(const ContentContextPtr& context,
                                      const scene::RunningLayer& layer, base::Error error) {
    return maker_of(context).make_failed(layer, std::move(error));
  }

  /// Releases the pictures that only this builder still refers to.
  void forget_unused() {
    if (maker_ != nullptr) maker_->rasterizer()->forget_unused();
  }
  /// Whether the pictures of all contents have less than a quarter of their memory left.
  static bool lacks_memory() { return !frame::has_image_memory(frame::image_bytes_max() / 4); }

 private:
  static constexpr int kTidyEvery = 64;

  render::ContentMaker& maker_of(const ContentContextPtr& context) {
    if (context_ != context) {
      context_ = context;
      maker_ = std::make_unique<render::ContentMaker>(context->settings, context->sources,
                                                      context->pool);
    }
    if (++made_ % kTidyEvery == 0 || lacks_memory()) forget_unused();
    return *maker_;
  }

  ContentContextPtr context_;
  std::unique_ptr<render::ContentMaker> maker_;
  int made_ = 0;
};

}  // namespace layercast::stream
