#pragma once

#include "base/error.h"
#include "base/time.h"
#include "content/moving.h"
#include "content/picture_pool.h"
#include "content/raster.h"
#include "content/rasterizer.h"
#include "content/video.h"
#include "render/character.h"
#include "scene/placeholder.h"
#include "scene/run_state.h"
#include "scene/scene.h"
#include "scene/scene_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::render {

using content::FeedOpener;

/// A layer's content, ready to be drawn: rasterised, or opened.
struct LayerContent {
  std::optional<content::Raster> raster;  ///< of what stands still
  /// Of what does not; used by the renderer that shows it, and nobody else.
  std::unique_ptr<content::MovingContent> moving;
  std::optional<content::Raster> caption;  ///< over what moves
  scene::TextParts parts;                  ///< of a text; empty otherwise
  bool changes = false;                    ///< whether the text differs from frame to frame
  std::string text;                        ///< that `raster` shows
  std::vector<scene::Filter> filters;      ///< that `raster` was made with, once and for all
  std::optional<content::Raster>
      plain;                         ///< `raster` without them, where a transition may change them
  std::optional<base::Error> error;  ///< why `raster` is the error picture
};

/// Not changed once made but for what moves.
using LayerContentPtr = std::shared_ptr<LayerContent>;

/// Makes contents ready, however long that takes. Thread: one at a time.
class ContentMaker {
 public:
  /// `open_feed`: absent where a video cannot be shown. `pool`: where makers for a live scene find
  /// each other's pictures; absent for a scene that does not change.
  ContentMaker(std::shared_ptr<const scene::SceneFile> file, FeedOpener open_feed,
               std::shared_ptr<content::PicturePool> pool = nullptr);

  /// The content of `layer`; a text as it is at `clock`. One that fails is the error picture.
  LayerContentPtr make(const scene::RunningLayer& layer, const scene::PlaceholderClock& clock);

  content::Rasterizer& rasterizer() { return rasterizer_; }

 private:
  base::Result<std::unique_ptr<content::MovingContent>> open(const scene::RunningLayer& layer);

  std::shared_ptr<const scene::SceneFile> file_;
  FeedOpener open_feed_;
  Foresight foresight_;
  std::shared_ptr<content::PicturePool> pool_;
  content::Rasterizer rasterizer_;
};

}  // namespace layercast::render
