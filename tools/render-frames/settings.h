#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "content/image/still.h"
#include "frame/frame.h"
#include "media/out/settings.h"
#include "scene/model/placeholder.h"
#include "tools/common/option_table.h"

#include <cstdint>
#include <optional>
#include <string>

namespace layercast::tools {

/// The kind of output of render-frames.
enum class OutputKind { kRaw, kStills, kVideo, kNothing };

/// The settings of one run of render-frames, apart from the scene.
struct RenderSettings {
  std::string output = "-";
  OutputKind kind = OutputKind::kRaw;
  std::string format;                                         ///< `rgba`, `png`, `mp4` …
  frame::PixelFormat raw_format = frame::PixelFormat::kRgba;  ///< of kRaw and kNothing
  content::StillFormat still_format{};                        ///< of kStills
  media::VideoSettings video;                                 ///< of kVideo
  media::AudioSettings audio;
  std::optional<int64_t> first;
  std::optional<int64_t> last;  ///< one past the last
  std::optional<base::Duration> at;
  int64_t shard = 1;
  int64_t shards = 1;
  std::optional<base::SizeI> size;
  std::optional<base::FrameRate> rate;
  scene::WallTime clock{};
  int threads = 1;
  bool keep_going = false;
  bool verify = false;
  std::optional<std::string> stats;
};

/// Parses the settings. Errors: kInvalidInput, naming the option.
base::Result<RenderSettings> render_settings(const Arguments& arguments);

/// A half-open range of frames.
struct FrameSpan {
  int64_t first;
  int64_t last;
  int64_t count() const { return last - first; }
};

/// The frames that the settings select from a scene of `duration` at `rate`.
/// Errors: kInvalidInput when there is no end, or no frame.
base::Result<FrameSpan> frame_span(const RenderSettings& settings,
                                   std::optional<base::Duration> duration, base::FrameRate rate);

}  // namespace layercast::tools
