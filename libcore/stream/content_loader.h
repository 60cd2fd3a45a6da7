#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "base/time.h"
#include "layers/layer_manager.h"
#include "render/layer_content.h"
#include "render/scene_view.h"
#include "stream/stream_clock.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace layercast::stream {

struct ContentLoaderOptions {
  layers::LayerManager* layers = nullptr;  ///< outlives the loader
  StreamClock* clock = nullptr;            ///< outlives the loader
  base::Metrics* metrics = nullptr;        ///< outlives the loader
  std::string folder;                      ///< what relative paths in the scene start from
  render::FeedOpener open_feed;
  /// Is told of every content that cannot be shown, on a thread of the loader's; must not wait.
  std::function<void(const std::string& layer, const base::Error& error)> on_failure;
};

/// Makes the live scene's contents ready, away from the frames. A layer changes on air whole, at
/// the first frame for which its content is ready; until then it shows what it did. Texts, shapes
/// and colours wait for no image; layers that are hidden are made ready too, but for videos, so
/// that showing them takes no time. So is every state of a character: a change of state waits for
/// nothing.
/// Thread: any (locked). It works on threads of its own.
class ContentLoader {
 public:
  explicit ContentLoader(ContentLoaderOptions options);
  ~ContentLoader();

  /// Waits until everything in the present scene is ready, at most `patience`.
  void wait_until_ready(base::Duration patience);

  /// What frames from stream time `time` on show; null before anything is ready. Never waits for
  /// content. Thread: render.
  render::SceneViewPtr view_at(base::Duration time);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::stream
