#pragma once

#include "base/error.h"
#include "base/time.h"
#include "content/raster.h"
#include "content/rasterizer.h"
#include "frame/video_feed.h"
#include "scene/placeholder.h"
#include "scene/scene.h"
#include "scene/scene_file.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace layercast::render {

/// Opens the video of a content; `path` is its resolved source.
using FeedOpener = std::function<base::Result<std::unique_ptr<frame::VideoFeed>>(
    const scene::VideoContent& content, const std::string& path)>;

/// A layer's content, ready to be drawn: rasterised, or opened.
struct LayerContent {
  std::optional<content::Raster> raster;   ///< none for a video that could be opened
  std::unique_ptr<frame::VideoFeed> feed;  ///< used by the renderer that shows it, and nobody else
  scene::TextParts parts;                  ///< of a text; empty otherwise
  bool changes = false;                    ///< whether the text differs from frame to frame
  std::string text;                        ///< that `raster` shows
  std::optional<base::Error> error;        ///< why `raster` is the error picture
};

/// Not changed once made but for its feed.
using LayerContentPtr = std::shared_ptr<LayerContent>;

/// Makes contents ready, however long that takes. Thread: one at a time.
class ContentMaker {
 public:
  /// `open_feed`: absent where a video cannot be shown.
  ContentMaker(std::shared_ptr<const scene::SceneFile> file, FeedOpener open_feed);

  /// The content of `layer`; a text as it is at `clock`. One that fails is the error picture.
  LayerContentPtr make(const scene::Layer& layer, const scene::PlaceholderClock& clock);

  content::Rasterizer& rasterizer() { return rasterizer_; }

 private:
  base::Result<std::unique_ptr<frame::VideoFeed>> open_feed(
      const scene::VideoContent& content) const;

  std::shared_ptr<const scene::SceneFile> file_;
  FeedOpener open_feed_;
  content::Rasterizer rasterizer_;
};

}  // namespace layercast::render
