#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "base/time.h"
#include "layers/layer_manager.h"
#include "media/out/live_encoding.h"
#include "render/layer_content.h"
#include "stream/frame_tap.h"
#include "stream/layer_failure.h"
#include "stream/loading_marks.h"
#include "stream/stream_clock.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::stream {

/// The settings of a stream manager.
struct StreamOptions {
  layers::LayerManager* layers = nullptr;  ///< outlives the manager
  StreamClock* clock = nullptr;      ///< outlives the manager; frames and waits follow its host
  base::Metrics* metrics = nullptr;  ///< outlives the manager
  std::string folder;                ///< base of relative paths in the scene
  render::FeedOpener open_feed;
  int threads = 1;  ///< threads that compose frames
  /// Called when an output changes its state. Must not block.
  std::function<void(const media::LiveOutputReport&)> on_output;
  /// Called with errors of contents and sounds (`layer`: the id of their layer or track) and of
  /// encoders (empty). Must not block.
  std::function<void(const std::string& layer, const base::Error& error)> on_error;
  /// Called once for every remark on a content: ContentLoaderOptions::on_remark. Must not block.
  std::function<void(const std::string& layer, const std::string& remark)> on_remark{};
  /// A frame that takes longer is abandoned: the last one is repeated and counted as dropped.
  base::Duration frame_limit = std::chrono::seconds(1);
  LoadingMarks* marks = nullptr;  ///< ContentLoaderOptions::marks; outlives the manager
};

/// Why the stream cannot run as `state` says (canvas, outputs, settings); nullopt when it can.
/// Thread: any.
std::optional<base::Error> objection_to(const scene::LiveState& state);

/// The status of the stream.
struct StreamStatus {
  scene::Transmission transmission = scene::Transmission::kStopped;
  base::Duration stream_time{};
  int64_t frame = -1;    ///< index of the newest frame; -1: none yet
  double fps = 0;        ///< over the last second
  int64_t rendered = 0;  ///< since the start
  int64_t repeated = 0;  ///< of those, repeats: unchanged or paused
  std::vector<std::pair<std::string, int64_t>> dropped;  ///< by reason
  /// How late frames were passed to the encoders, in seconds, over the newest 1024.
  double lateness_median = 0;
  double lateness_p99 = 0;
  double lateness_max = 0;
  double render_seconds = 0;  ///< mean over the same frames
  std::vector<media::LiveOutputReport> outputs;
  std::optional<base::Error> encoder_failure;
  std::optional<base::Duration> behind;  ///< time since the newest frame; absent while stopped
};

/// Keeps the live scene on air: renders each frame when it is due and passes it to the encoders. A
/// frame whose interval has passed is not rendered, and an encoder with a full queue does not get
/// the frame; neither is made up for later. Loading and decoding run on other threads.
/// Thread: any (locked). Renders on its own thread.
class StreamManager {
 public:
  /// Starts rendering in the state that the layers have, once the contents are ready or 5 s have
  /// passed.
  explicit StreamManager(StreamOptions options);
  /// Finishes every output, to be continued unless end_for_good() was called.
  ~StreamManager();
  /// The stream does not continue after the destruction: HLS playlists end.
  void end_for_good();

  StreamStatus status() const;
  /// The layers and sounds that cannot be shown or heard now.
  std::vector<LayerFailure> failures() const;
  /// Loads the content of a layer that is held because it was loading when a former process died.
  /// Returns whether it was held.
  bool release(const std::string& layer);
  /// Access to the rendered frames, for snapshots and previews.
  FrameTap& tap();

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::stream
