#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "frame/frame.h"
#include "tools/common/stats.h"
#include "tools/render-frames/settings.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace layercast::tools {

/// Where finished frames go. Nothing stands under its final name before finish() succeeds.
/// Thread: one at a time.
class FrameSink {
 public:
  virtual ~FrameSink() = default;
  /// The format of the frames that write() takes.
  virtual frame::PixelFormat format() const = 0;
  /// Takes the next frame, `index` in the scene.
  virtual base::Result<void> write(const frame::FramePtr& frame, int64_t index) = 0;
  virtual base::Result<void> finish() = 0;
  /// Whether write() takes time that making the next frame could use.
  virtual bool takes_time() const { return true; }
  /// Adds the time spent here, by stage.
  virtual void report(Stats& stats) const = 0;
};

/// The sink that the settings ask for.
/// Errors: kInvalidInput for what the user can put right, kIo.
base::Result<std::unique_ptr<FrameSink>> open_sink(const RenderSettings& settings, base::SizeI size,
                                                   base::FrameRate rate, int64_t frames);

}  // namespace layercast::tools
