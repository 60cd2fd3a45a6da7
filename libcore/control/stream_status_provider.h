#pragma once

#include "base/error.h"
#include "base/health.h"
#include "base/time.h"
#include "scene/wire/value.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::control {

enum class PictureFormat : uint8_t { kPng, kJpeg };

/// A frame encoded as an image file.
struct EncodedPicture {
  int64_t frame = 0;  ///< index
  std::string bytes;
  int64_t number = 0;  ///< of a preview: rises from picture to picture, at any frame rate
};

/// A layer or sound that cannot be shown or heard now.
struct FailingLayer {
  std::string id;
  std::string message;
};

/// Status and pictures of the running stream, and the release of its held layers, for the API. The
/// tool that owns the stream implements it. Thread: any; only the picture functions wait for
/// frames.
class StreamStatusProvider {
 public:
  StreamStatusProvider() = default;
  virtual ~StreamStatusProvider() = default;
  StreamStatusProvider(const StreamStatusProvider&) = delete;
  StreamStatusProvider& operator=(const StreamStatusProvider&) = delete;

  /// `{state, stream_time, frame, fps, frames: {rendered, repeated, dropped: {reason: n}},
  /// lateness: {p50, p99, max} in seconds, render_seconds, outputs: […], cpu_seconds, memory_bytes,
  /// uptime, scene, layers, revision, store: {reachable, reason, waiting}, health, version}`;
  /// health as health_document().
  virtual scene::Value status() const = 0;
  /// The part of status() that is sent every second as the `stats` event.
  virtual scene::Value stats() const = 0;
  /// Every output with its state, error and counters; URLs are redacted.
  virtual scene::Value outputs() const = 0;

  /// The next frame, encoded. `width`: maximum width in pixels; wider frames are scaled down. Waits
  /// at most a second. Errors: kIo when no frame comes in that time.
  virtual base::Result<EncodedPicture> snapshot(PictureFormat format,
                                                std::optional<int> width) const = 0;
  /// The first preview JPEG whose EncodedPicture::number is above `after`: small, encoded once for
  /// all callers and only on demand; nullopt after `patience`.
  virtual std::optional<EncodedPicture> preview(int64_t after, base::Duration patience) const = 0;

  /// The present health; the daemon is ready unless it is kFailed.
  virtual base::Health health() const = 0;
  /// The layers and sounds that cannot be shown or heard, up to date: a content that failed is here
  /// before the frame on air that lacks it.
  virtual std::vector<FailingLayer> failing_layers() const = 0;
  /// Loads the content of a layer that is held because it was loading when a former process died.
  /// Returns whether it was held. May wait for a write to a file.
  virtual bool release_layer(const std::string& id) = 0;
  /// All metrics in the Prometheus text format.
  virtual std::string metrics_text() const = 0;

  /// Calls `listener` for events outside the scene, with their params: `output.state`,
  /// `stream.error` and `health.changed`. It must not block. The subscription ends when the result
  /// is destroyed.
  virtual std::shared_ptr<void> listen(
      std::function<void(const std::string& name, const scene::Value& params)> listener) = 0;
};

}  // namespace layercast::control
