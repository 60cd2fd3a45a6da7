#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "base/worker_pool.h"
#include "compose/draw_list.h"
#include "content/rasterizer.h"
#include "frame/convert.h"
#include "frame/frame.h"
#include "frame/image.h"
#include "scene/placeholder.h"
#include "scene/scene_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::render {

struct RenderOptions {
  std::optional<base::SizeI> size;      ///< of the frames; absent: the canvas's
  std::optional<base::FrameRate> rate;  ///< absent: the scene's
  int threads = 1;
  scene::WallTime clock_start{};  ///< what {{clock}} shows at frame 0
};

/// A content that cannot be shown; the error picture stands in its place.
struct ContentFailure {
  std::string where;  ///< `scene.yaml:12:7: layers[3].content.source`
  base::Error error;
};

/// Nanoseconds of CPU work so far, summed over threads.
struct RenderTimes {
  int64_t evaluate = 0;   ///< the scene at an instant → a draw list
  int64_t rasterise = 0;  ///< content → pictures
  int64_t compose = 0;    ///< draw list → premultiplied RGBA
  int64_t convert = 0;    ///< → the format of the frame
};

/// Turns a scene and a frame index into a frame: the same bytes for the same two on any machine and
/// any number of threads. Offline and live share it.
/// Thread: one at a time; it uses threads of its own.
class Renderer {
 public:
  /// Ownership: keeps a reference to `file`, which must outlive it.
  Renderer(const scene::SceneFile& file, const RenderOptions& options);

  base::SizeI size() const { return size_; }
  base::FrameRate rate() const { return rate_; }

  /// Rasterises every visible layer as it is at `frame_index`. Afterwards nothing fails: what could
  /// not be loaded shows the error picture, and is reported here.
  std::vector<ContentFailure> prepare(int64_t frame_index);

  /// Writes frame `frame_index` into `target`, which has size(). Range: frame_index >= 0.
  void render(int64_t frame_index, frame::Frame& target);

  const RenderTimes& times() const { return times_; }

 private:
  // One layer with what it showed last.
  struct LayerState {
    const scene::Layer* layer = nullptr;
    size_t file_index = 0;
    scene::TextParts parts;  ///< of a text; empty otherwise
    bool changes = false;    ///< whether the text differs from frame to frame
    std::string shown_text;
    std::optional<content::Raster> raster;
    std::optional<base::Error> error;
  };

  void refresh(LayerState& state, int64_t frame_index);
  compose::DrawList draw_list(int64_t frame_index);
  void compose_and_convert(const compose::DrawList& list, frame::Frame& target);
  /// Nothing shows outside of the canvas, although layers may reach or wait there.
  void clear_bars(frame::PremulRgba8 background, frame::RowRange rows);

  const scene::SceneFile& file_;
  base::SizeI size_;
  base::FrameRate rate_;
  scene::WallTime clock_start_;
  base::Affine frame_from_canvas_;
  base::RectI shown_;  ///< of a frame; bars of the background lie around it
  content::Rasterizer rasterizer_;
  std::vector<LayerState> layers_;  ///< from far to near
  frame::Image<frame::PremulRgba8> canvas_;
  base::WorkerPool workers_;
  RenderTimes times_;
};

}  // namespace layercast::render
