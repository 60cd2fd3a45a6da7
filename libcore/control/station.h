#pragma once

#include "base/error.h"
#include "base/time.h"
#include "scene/value.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::control {

enum class PictureFormat : uint8_t { kPng, kJpeg };

/// A frame as a file of its own.
struct EncodedPicture {
  int64_t frame = 0;  ///< index
  std::string bytes;
};

/// Whether the daemon is fit for work, and what speaks against it.
struct Readiness {
  bool is_ready = false;
  /// One for each thing looked at: name, whether it is well, and why not.
  struct Check {
    std::string name;
    bool is_well = false;
    std::string reason;
  };
  std::vector<Check> checks;
};

/// The part of the daemon that is not the scene: what it is doing, and its picture. Whoever runs
/// the stream implements it. Thread: any; nothing here waits for a frame to be rendered but the
/// pictures.
class Station {
 public:
  Station() = default;
  virtual ~Station() = default;
  Station(const Station&) = delete;
  Station& operator=(const Station&) = delete;

  /// `{state, uptime, stream_time, frame, fps, frames: {rendered, repeated, dropped: {reason: n}},
  /// lateness: {p50, p99, max} in seconds, encoder: {queued, seconds}, layers, outputs: […],
  /// revision, memory_bytes, cpu_seconds, store: {…}, version}`.
  virtual scene::Value status() const = 0;
  /// The small part of it that is told once a second as `stats`.
  virtual scene::Value stats() const = 0;
  /// Every output with its state, error, bytes …; URLs redacted.
  virtual scene::Value outputs() const = 0;

  /// The newest frame. `width`: shrunk to this at most. Waits for the next frame, at most a second.
  /// Errors: kIo when nothing is on air.
  virtual base::Result<EncodedPicture> snapshot(PictureFormat format,
                                                std::optional<int> width) const = 0;
  /// The first JPEG after frame `after`, for previews: made once for all that look, small, and not
  /// at all while nobody asks. nullopt after `patience`.
  virtual std::optional<EncodedPicture> preview(int64_t after, base::Duration patience) const = 0;

  virtual Readiness readiness() const = 0;
  /// In the Prometheus text format.
  virtual std::string metrics_text() const = 0;

  /// `listener` is told of changes that are not the scene's: `output.state` and `stream.error`,
  /// with their params. It must not wait. Ends when the result is destroyed.
  virtual std::shared_ptr<void> listen(
      std::function<void(const std::string& name, const scene::Value& params)> listener) = 0;
};

}  // namespace layercast::control
