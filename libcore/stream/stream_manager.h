#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "base/time.h"
#include "layers/layer_manager.h"
#include "media/live_encoding.h"
#include "render/layer_content.h"
#include "stream/frame_tap.h"
#include "stream/stream_clock.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace layercast::stream {

struct StreamOptions {
  layers::LayerManager* layers = nullptr;  ///< outlives the manager
  StreamClock* clock = nullptr;            ///< outlives the manager
  base::Metrics* metrics = nullptr;        ///< outlives the manager
  std::string folder;                      ///< what relative paths in the scene start from
  render::FeedOpener open_feed;
  int threads = 1;  ///< that compose
  /// Told of outputs that change their state. Must not wait.
  std::function<void(const media::LiveOutputReport&)> on_output;
  /// Told of what goes wrong: contents that cannot be shown (with their layer), encoders. Must not
  /// wait.
  std::function<void(const std::string& layer, const base::Error& error)> on_error;
};

/// Why a stream cannot be as `state` says (canvas, outputs, settings); nothing where it can.
/// Thread: any.
std::optional<base::Error> objection_to(const scene::LiveState& state);

/// What the frames are doing.
struct StreamStatus {
  scene::Transmission transmission = scene::Transmission::kStopped;
  base::Duration stream_time{};
  int64_t frame = -1;    ///< index of the newest one
  double fps = 0;        ///< over the last second
  int64_t rendered = 0;  ///< since the start
  int64_t repeated = 0;  ///< of those: nothing had changed, or it was paused
  std::vector<std::pair<std::string, int64_t>> dropped;  ///< by reason
  /// How late frames were handed over after they were due, over the last 1024. Seconds.
  double lateness_median = 0;
  double lateness_p99 = 0;
  double lateness_max = 0;
  double render_seconds = 0;  ///< of a frame, mean over the same
  std::vector<media::LiveOutputReport> outputs;
  std::optional<base::Error> encoder_failure;
  std::optional<base::Duration> behind;  ///< how long no frame has come though one was due
};

/// Keeps the live scene on air: renders frame after frame as they fall due and hands each to the
/// encoders. A frame whose time has passed is not rendered; one that an encoder has no room for is
/// not sent to it; neither is ever made up for. Everything that may take long is done elsewhere.
/// Thread: any (locked). It works on threads of its own.
class StreamManager {
 public:
  /// On air as the layers say, as soon as the contents are ready (or 5 s have passed).
  explicit StreamManager(StreamOptions options);
  /// Finishes every output.
  ~StreamManager();

  StreamStatus status() const;
  /// For pictures of what is on air.
  FrameTap& tap();

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::stream
