#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "base/time.h"
#include "layers/layer_manager.h"
#include "render/layer_content.h"
#include "render/scene_view.h"
#include "stream/layer_failure.h"
#include "stream/loading_marks.h"
#include "stream/stream_clock.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace layercast::stream {

/// The environment of a ContentLoader.
struct ContentLoaderOptions {
  layers::LayerManager* layers = nullptr;  ///< outlives the loader
  StreamClock* clock = nullptr;            ///< outlives the loader
  base::Metrics* metrics = nullptr;        ///< outlives the loader
  std::string folder;                      ///< base of relative paths in the scene
  render::ContentSources sources;
  /// Called for every content that cannot be shown, on a thread of the loader. It must not block.
  std::function<void(const std::string& layer, const base::Error& error)> on_failure;
  /// Called once for every remark on a content of a layer (render::LayerContent::remarks), on a
  /// thread of the loader. It must not block. May be absent.
  std::function<void(const std::string& layer, const std::string& remark)> on_remark{};
  /// Holds contents that were loading when a former process died, and marks those that are loaded
  /// now; outlives the loader. Null: none is held.
  LoadingMarks* marks = nullptr;
};

/// Loads the contents of the live scene in the background. Layer updates are atomic: an update
/// appears with the first frame for which its content is ready; until then the layer keeps its
/// look. Texts, shapes and colours do not wait for images. Contents of hidden layers, except
/// videos, and of all states of a character are loaded in advance, so that showing them is
/// immediate.
/// Thread: any (locked). It uses its own threads.
class ContentLoader {
 public:
  explicit ContentLoader(ContentLoaderOptions options);
  ~ContentLoader();

  /// Waits until everything in the current scene is ready, at most for `patience` by the host
  /// clock.
  void wait_until_ready(base::Duration patience);

  /// After a time without frames: waits until the videos are decoded up to the present time, at
  /// most for `patience` by the host clock.
  void catch_up(base::Duration patience);

  /// Ends these two waits, and all later ones at once.
  void stop_waiting();

  /// The view for frames from stream time `time` on; null before anything is ready. Never waits for
  /// content. Thread: render.
  render::SceneViewPtr view_at(base::Duration time);

  /// The layers, visible or not, whose content could not be loaded.
  std::vector<LayerFailure> failures() const;

  /// Loads the contents of a layer that was held: ContentLoaderOptions::marks. Returns whether it
  /// was.
  bool release(const std::string& layer);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::stream
