#pragma once

#include "base/error.h"
#include "base/time.h"
#include "content/animation/picture_pool.h"
#include "content/animation/video.h"
#include "content/picture/moving.h"
#include "content/picture/raster.h"
#include "content/picture/sound_probe.h"
#include "content/rasterizer.h"
#include "render/character_content.h"
#include "scene/model/placeholder.h"
#include "scene/model/run_state.h"
#include "scene/model/scene.h"
#include "scene/model/scene_settings.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::render {

using content::FeedOpener;
using content::ProbeOpener;

/// What contents need from outside their scene. An absent function: what it opens is not shown.
struct ContentSources {
  FeedOpener open_feed{};    ///< videos
  ProbeOpener open_probe{};  ///< sounds that are followed; absent: they are silent
};

/// The content of a layer, ready to be drawn: a picture, or an opened moving content.
struct LayerContent {
  std::optional<content::Raster> raster;  ///< of a content without motion
  /// Of a content with motion. Thread: only that of the renderer that shows it.
  std::unique_ptr<content::MovingContent> moving;
  std::optional<content::Raster> caption;  ///< drawn over `moving`
  scene::TextParts parts;                  ///< of a text; empty otherwise
  bool changes = false;                    ///< whether the text changes from frame to frame
  std::string text;                        ///< the text in `raster`
  std::vector<scene::Filter> filters;      ///< already applied to `raster`
  std::optional<scene::Clip> clip;         ///< already applied to `raster`, before the filters
  bool is_whole = false;  ///< whether it was made in its natural size, to be refitted
  /// `raster` without clip and filters, if a transition may need it.
  std::optional<content::Raster> plain;
  std::optional<base::Error> error;  ///< why `raster` is the error picture
  /// What is not shown as its author meant it: letters that no font has, unsupported features.
  std::vector<std::string> remarks;

  /// Whether the content is the same picture in every frame.
  bool is_one_picture() const { return moving == nullptr && !changes; }
};

/// Immutable after it is made, except for `moving`.
using LayerContentPtr = std::shared_ptr<LayerContent>;

/// Makes the contents of layers: loads, decodes and rasterises. Thread: one at a time.
class ContentMaker {
 public:
  /// `pool`: shares pictures between the makers of a live scene; absent for a scene that does not
  /// change.
  ContentMaker(scene::SceneSettings settings, ContentSources sources,
               std::shared_ptr<content::PicturePool> pool = nullptr);

  /// Makes the content of `layer`; texts show the instant `clock`. A content that fails becomes the
  /// error picture.
  LayerContentPtr make(const scene::RunningLayer& layer, const scene::PlaceholderClock& clock);

  /// The error picture of a layer whose content is not loaded because of `error`.
  LayerContentPtr make_failed(const scene::RunningLayer& layer, base::Error error);

  /// Draws the contents. Another owner may use it while this maker does not.
  const std::shared_ptr<content::Rasterizer>& rasterizer() const { return rasterizer_; }

 private:
  LayerContentPtr made_without_remarks(const scene::RunningLayer& layer,
                                       const scene::PlaceholderClock& clock);
  void fail(LayerContent& made, const scene::Layer& layer, base::Error error);
  base::Result<std::unique_ptr<content::MovingContent>> open(const scene::RunningLayer& layer);

  scene::SceneSettings settings_;
  ContentSources sources_;
  Preload preload_;
  std::shared_ptr<content::PicturePool> pool_;
  std::shared_ptr<content::Rasterizer> rasterizer_;
};

}  // namespace layercast::render
