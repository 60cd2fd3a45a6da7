#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/frame.h"
#include "tools/common/stats.h"
#include "tools/render-frames/settings.h"

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace layercast::tools {

/// Receives the rendered frames. A file gets its final name only when it is complete.
/// Thread: one at a time.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  /// The format of the frames that write() takes.
  virtual frame::PixelFormat format() const = 0;
  /// Writes the next frame; `index`: its number in the scene.
  virtual base::Result<void> write(const frame::FramePtr& frame, int64_t index) = 0;
  /// Completes the output. Call once, after the last frame.
  virtual base::Result<void> finish() = 0;
  /// What the user should know about the output, in a sentence; empty for nothing.
  virtual std::string remark() const { return {}; }
  /// Whether write() is slow enough to run on its own thread.
  virtual bool takes_time() const { return true; }
  /// Adds the time spent in each stage.
  virtual void report(Stats& stats) const = 0;
};

/// The frames that a sink receives.
struct FrameSeries {
  base::SizeI size;
  base::FrameRate rate;
  int64_t count;
  bool opaque;  ///< No frame has transparent pixels.
};

/// Opens the sink for the settings. Errors: kInvalidInput for invalid settings, kLimit for frames
/// that the format cannot hold, kIo.
base::Result<std::unique_ptr<FrameSink>> open_sink(const RenderSettings& settings,
                                                   const FrameSeries& series);

}  // namespace layercast::tools
