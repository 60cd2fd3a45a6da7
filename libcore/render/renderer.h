#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "compose/compositor.h"
#include "compose/draw_list.h"
#include "content/moving.h"
#include "frame/frame.h"
#include "frame/video_feed.h"
#include "render/layer_content.h"
#include "render/layer_effects.h"
#include "render/scene_view.h"
#include "scene/placeholder.h"
#include "scene/run_state.h"
#include "scene/scene_file.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace layercast::render {

using frame::Patience;

struct RenderOptions {
  frame::PixelFormat format = frame::PixelFormat::kRgba;
  std::optional<base::SizeI> size;      ///< of the frames; absent: the canvas's
  std::optional<base::FrameRate> rate;  ///< absent: the scene's
  int threads = 1;
  scene::WallTime clock_start{};  ///< what {{clock}} shows at frame 0
  FeedOpener open_feed = {};      ///< absent: a video cannot be shown
  compose::Verify verify = compose::Verify::kNever;
  Patience patience = Patience::kWaits;
  scene::RunState run = {};  ///< of a file's scene: when its parts began; absent: with frame 0
};

/// A content that cannot be shown; the error picture stands in its place.
struct ContentFailure {
  std::string where;  ///< `scene.yaml:12:7: layers[3].content.source`
  std::string layer;  ///< its id; empty for the fonts of the scene
  base::Error error;
};

/// What rendering has taken so far; what composing has is in compose_stats().
struct RenderStats {
  int64_t evaluate_nanoseconds = 0;   ///< of CPU: the scene at an instant → a draw list
  int64_t rasterise_nanoseconds = 0;  ///< of CPU: content → pictures
  int64_t decode_nanoseconds = 0;     ///< of CPU: videos → pictures
  int64_t cache_hits = 0;             ///< a layer's picture was the one it had
  int64_t cache_misses = 0;           ///< it was made anew
};

/// Turns a scene and a frame index into a frame: the same bytes for the same two on any machine and
/// any number of threads. Offline and live share it.
/// Thread: one at a time; it uses threads of its own.
class Renderer {
 public:
  /// Shows the scene of a file, whose contents prepare() makes ready.
  /// Ownership: keeps a reference to `file`, which must outlive it.
  Renderer(const scene::SceneFile& file, const RenderOptions& options);
  /// Shows a view whose contents are ready.
  Renderer(SceneViewPtr view, const RenderOptions& options);

  base::SizeI size() const { return size_; }
  base::FrameRate rate() const { return rate_; }

  /// Rasterises every visible layer as it is at `frame_index`. Afterwards nothing fails but a video
  /// that cannot be read on: what could not be loaded shows the error picture, and is reported
  /// here.
  std::vector<ContentFailure> prepare(int64_t frame_index);

  /// The next frames show `view`, whose canvas has the size and rate of the one before. Layers
  /// whose content is still the same go on with what they have.
  void show(SceneViewPtr view);

  /// Frames are in `format` from now on.
  void set_format(frame::PixelFormat format);

  /// Frame `frame_index`: the last one again where nothing has changed.
  /// Range: frame_index >= 0. Waits for videos to be decoded, unless it has no patience.
  frame::FramePtr render(int64_t frame_index);

  /// Videos that have failed since the last call; they show the error picture.
  std::vector<ContentFailure> take_failures();

  RenderStats stats() const;
  const compose::ComposeStats& compose_stats() const { return compositor_->stats(); }
  /// Frames that memory was made for, and how much that is.
  size_t frames_made() const { return compositor_->frames_made(); }
  size_t frame_bytes() const { return compositor_->frame_bytes(); }

 private:
  // One layer with what it showed last.
  struct LayerState {
    base::Shared<scene::Layer> layer;
    base::Shared<scene::LayerRun> run;
    size_t index = 0;
    LayerContentPtr content;
    bool is_one_picture = false;                  ///< which can be scaled once
    std::string text;                             ///< that `raster` shows
    std::optional<content::Raster> raster;        ///< instead of the content's own
    std::vector<content::Part> parts;             ///< that show now
    std::vector<content::Part> grouped;           ///< what `group` was made of
    std::optional<content::Part> group;           ///< several parts as one
    bool is_filtered = false;                     ///< whether the content was made so
    LayerEffects effects;                         ///< what the layer's filters make of the parts
    frame::RecoloringPtr recoloring;              ///< what is still to be done to them
    std::optional<content::Raster> unfilterable;  ///< the error picture, while they cannot
    std::optional<base::Error> error;             ///< of a content that cannot be read on
    std::string absence;                          ///< that `raster` tells of, of a moving one
    /// Those of every frame, once `is_still`.
    std::optional<std::vector<compose::DrawItem>> items;
    bool is_still = false;

    scene::RunningLayer running() const { return {*layer, *run}; }
  };

  LayerState state_of(const ShownLayer& shown) const;
  void take_over(LayerState& before, LayerState& state) const;
  void refresh(LayerState& state, int64_t frame_index);
  void refresh_text(LayerState& state, int64_t frame_index);
  void refresh_moving(LayerState& state, int64_t frame_index);
  void show_absence(LayerState& state, const base::Error& absence);
  ContentFailure failure_of(const LayerState& state, const base::Error& error) const;
  base::SizeF box_of(const LayerState& state) const;
  void group_parts(LayerState& state, base::SizeF box);
  bool filter_parts(LayerState& state, base::SizeF box, const base::SceneTime& time);
  void add_items(LayerState& state, const base::SceneTime& time);
  void update_draw_list(int64_t frame_index);

  RenderOptions options_;
  base::SizeI size_;
  base::FrameRate rate_;
  base::Affine frame_from_canvas_;
  SceneViewPtr view_;
  std::unique_ptr<ContentMaker> maker_;  ///< of a file's contents; none for a view
  std::vector<LayerState> layers_;       ///< from far to near
  compose::DrawList list_;
  std::unique_ptr<compose::Compositor> compositor_;
  std::vector<ContentFailure> failures_;
  RenderStats stats_;
};

}  // namespace layercast::render
