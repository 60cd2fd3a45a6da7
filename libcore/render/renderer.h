#pragma once

#include "base/error.h"
#include "base/geometry.h"
#include "base/time.h"
#include "base/time_limit.h"
#include "compose/compositor.h"
#include "compose/draw_list.h"
#include "compose/mask_plane.h"
#include "content/picture/moving.h"
#include "frame/frame.h"
#include "frame/video_feed.h"
#include "render/layer_content.h"
#include "render/layer_effects.h"
#include "render/scene_view.h"
#include "scene/model/placeholder.h"
#include "scene/model/run_state.h"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::render {

using frame::Patience;

/// How a Renderer renders.
struct RenderOptions {
  frame::PixelFormat format = frame::PixelFormat::kRgba;
  std::optional<base::SizeI> size;      ///< of the frames; absent: the canvas's
  std::optional<base::FrameRate> rate;  ///< absent: the scene's
  int threads = 1;
  scene::WallTime clock_start{};  ///< what {{clock}} shows at frame 0
  compose::Verify verify = compose::Verify::kNever;
  Patience patience = Patience::kWaits;
  /// The time after which a live frame is abandoned; absent: never, as offline.
  std::optional<base::Duration> frame_limit{};
};

/// A content that cannot be shown; the error picture replaces it.
struct ContentFailure {
  std::string value_path;  ///< `layers[3].content.source`; see scene::SceneFile::where()
  std::string layer;       ///< its id; empty for the fonts of the scene
  base::Error error;
};

/// A layer that does not show its content now.
struct FailingLayer {
  std::string layer;  ///< its id
  base::Error error;
  bool is_lost = false;  ///< a live source without a picture, which recovers by itself
};

/// What a picture is made of.
enum class CacheKind : uint8_t {
  kImage,  ///< a picture without motion: images, shapes, colours
  kText,
  kAnimation,  ///< an animation, a video, a chat
};
inline constexpr size_t kCacheKinds = 3;
/// `image`, `text`, `animation`.
std::string_view name_of(CacheKind kind);

/// How often the pictures of layers were found or made.
struct CacheUse {
  int64_t hits = 0;    ///< reuses of a layer's picture
  int64_t misses = 0;  ///< pictures made
};

/// What a content does not show as its author meant it, although it is drawn.
struct ContentRemark {
  std::string value_path;  ///< `layers[3].content`; see scene::SceneFile::where()
  std::string text;
};

/// The cost of rendering so far; compose_stats() has that of composing.
struct RenderStats {
  int64_t evaluate_nanoseconds = 0;          ///< of CPU: the scene at an instant → a draw list
  int64_t rasterise_nanoseconds = 0;         ///< of CPU: content → pictures
  int64_t decode_nanoseconds = 0;            ///< of CPU: videos → pictures
  std::array<CacheUse, kCacheKinds> caches;  ///< by CacheKind

  int64_t cache_hits() const;
  int64_t cache_misses() const;
};

/// Renders the frame of an index from a view of a scene, deterministically: equal inputs give equal
/// bytes on any machine with any number of threads. Used offline and live.
/// Thread: one at a time; it uses its own worker threads.
class Renderer {
 public:
  Renderer(SceneViewPtr view, const RenderOptions& options);

  base::SizeI size() const { return size_; }
  base::FrameRate rate() const { return rate_; }

  /// Reads the contents of all layers for the frame `frame_index`. Returns the contents that cannot
  /// be shown, which show the error picture; afterwards only reading a video can fail.
  std::vector<ContentFailure> prepare(int64_t frame_index);

  /// The remarks on the contents of all layers.
  std::vector<ContentRemark> remarks() const;

  /// Renders `view` from the next frame on; its canvas must have the same size and rate. Layers
  /// with the same content keep their state.
  void show(SceneViewPtr view);

  /// Sets the pixel format of the next frames.
  void set_format(frame::PixelFormat format);

  /// Renders the frame `frame_index`; returns the last frame again if nothing has changed.
  /// Range: frame_index >= 0. Waits until videos are decoded, unless options say otherwise
  /// (Patience). Null: it took longer than RenderOptions::frame_limit, and was abandoned between
  /// two layers, two passes of a filter, or two tiles. The layer that takes the most time of two
  /// such frames in a row is from then on shown as its error picture, until it changes. Of a frame
  /// abandoned during composition, the costs of the layers are known only if the renderer measured
  /// it, as it does after each frame that overran there.
  frame::FramePtr render(int64_t frame_index);

  /// The videos that have failed since the last call, which show the error picture, and layers that
  /// take too long.
  std::vector<ContentFailure> take_failures();

  /// Whether failing() may have changed since the last call.
  bool take_failing_change();
  /// The layers that did not show their content in the newest frame.
  std::vector<FailingLayer> failing() const;

  RenderStats stats() const;
  const compose::ComposeStats& compose_stats() const { return compositor_->stats(); }
  /// The number of allocated frames, and the bytes of all of them.
  size_t frames_made() const { return compositor_->frames_made(); }
  size_t frame_bytes() const { return compositor_->frame_bytes(); }

 private:
  using Items = std::vector<compose::DrawItem>;
  // A mask, the list that it was drawn from, and the frame that last needed it.
  struct DrawnMask {
    compose::DrawList list;
    compose::MaskPtr plane;
    int64_t update = 0;  ///< as in `update_`
  };
  // One layer with the state of the last frame.
  struct LayerState {
    base::Shared<scene::Layer> layer;
    base::Shared<scene::LayerRun> run;
    size_t index = 0;
    LayerContentPtr content;
    std::string text;                             ///< that `raster` shows
    std::optional<base::SizeF> drawn_for;         ///< the box of `raster`; absent: the layer's own
    std::optional<content::Raster> raster;        ///< replaces the content's own
    std::vector<content::Part> parts;             ///< of the current frame
    std::vector<content::Part> grouped;           ///< the parts in `group`
    std::optional<content::Part> group;           ///< several parts as one picture
    bool is_filtered = false;                     ///< whether the content was made with its filters
    bool is_plain = false;                        ///< whether `parts` have no clip and no filters
    bool is_fading = false;                       ///< whether it is mixed with another content
    bool is_clipped = false;                      ///< whether its pictures are clipped already
    LayerEffects effects;                         ///< the filters of the layer
    frame::RecoloringPtr recoloring;              ///< applied by the compositor
    std::optional<content::Raster> unfilterable;  ///< the error picture, while filters fail
    std::optional<base::Error> filter_error;      ///< why filters fail
    std::optional<base::Error> error;             ///< why the content cannot be read further
    std::optional<base::Error> loss;              ///< why a live source has no picture now
    std::string absence;                          ///< the error in `raster`, of a moving content
    std::vector<content::Part> last_shown;        ///< without effects, for OnError::kKeep
    scene::OnError on_error = scene::OnError::kErrorPicture;
    /// The items of all frames, once `is_still`; without the mask.
    std::optional<Items> items;
    bool is_still = false;
    std::string name;                           ///< as in ShownLayer
    bool is_mask = false;                       ///< as in ShownLayer
    std::string mask;                           ///< as in ShownLayer
    std::optional<size_t> mask_state;           ///< the layer that masks it, in `layers_`
    std::array<DrawnMask, 2> drawn;             ///< the layer as a mask, by MaskMode
    compose::DrawList as_mask;                  ///< what it draws as a mask in that frame
    int64_t update = 0;                         ///< the frame of `as_mask`, as in `update_`
    bool is_under_way = false;                  ///< whether it is being drawn as a mask
    std::optional<content::Raster> unmaskable;  ///< the error picture, while the mask fails
    std::unique_ptr<LayerState> former;         ///< the content that fades out; null: none
    base::Duration former_until{};  ///< stream time from which the new content was ready
    std::shared_ptr<const LayerCost> cost;
    int64_t measured_nanoseconds = 0;                ///< of the current frame, if it is measured
    std::optional<base::Error> overrun;              ///< why it is not drawn: it takes too long
    std::optional<content::Raster> overrun_picture;  ///< the error picture
    bool is_error_too_slow = false;                  ///< whether that takes too long, too
    size_t first_item = 0;                           ///< in the draw list of the current frame
    size_t item_count = 0;

    scene::RunningLayer running() const { return {*layer, *run}; }
  };

  LayerState state_of(const ShownLayer& shown, const scene::LayerDefaults& defaults) const;
  CacheUse& cache_of(const LayerState& state);
  void take_over(LayerState& before, LayerState& state) const;
  void refresh(LayerState& state, int64_t frame_index);
  void refresh_content(LayerState& state, int64_t frame_index);
  void redraw(LayerState& state, int64_t frame_index);
  void cross_fade(LayerState& state, const base::SceneTime& time);
  void follow_size(LayerState& state, const base::SceneTime& time);
  bool needs_plain(const LayerState& state, const base::SceneTime& time) const;
  std::optional<base::SizeF> size_to_draw(const LayerState& state,
                                          const base::SceneTime& time) const;
  void refresh_moving(LayerState& state, int64_t frame_index);
  void note_loss(LayerState& state);
  void show_absence(LayerState& state, const base::Error& absence);
  void show_failure(LayerState& state, const base::Error& error);
  ContentFailure failure_of(const LayerState& state, const base::Error& error) const;
  base::SizeF box_of(const LayerState& state) const;
  void group_parts(LayerState& state, base::SizeF box);
  bool filter_parts(LayerState& state, base::SizeF box, const base::SceneTime& time);
  void add_items(LayerState& state, const base::SceneTime& time, Items& items);
  void link_masks();
  void append_items(LayerState& state, const base::SceneTime& time, Items& items);
  void append_masked(LayerState& state, const base::SceneTime& time, Items& items);
  const compose::DrawList& list_as_mask(LayerState& state, const base::SceneTime& time);
  compose::MaskPtr mask_plane(LayerState& state, compose::MaskMode mode,
                              const base::SceneTime& time);
  void add_mask_error(LayerState& state, const base::Error& error, const base::SceneTime& time,
                      Items& items);
  bool update_draw_list(int64_t frame_index);
  void add_error_items(LayerState& state, const content::Raster& raster,
                       const base::SceneTime& time, Items& items);
  template <class Work>
  void measured(LayerState& state, const Work& work);
  bool is_overrun() const;
  void note_overrun(base::Duration cpu_time);
  void mark_overrun(LayerState& state);
  frame::FramePtr compose_measured();

  RenderOptions options_;
  base::SizeI size_;
  base::FrameRate rate_;
  base::Affine frame_from_canvas_;
  SceneViewPtr view_;
  std::vector<LayerState> layers_;  ///< from far to near
  compose::DrawList list_;
  compose::MaskMaker mask_maker_;
  std::unique_ptr<compose::Compositor> compositor_;
  std::vector<ContentFailure> failures_;
  bool has_failing_change_ = false;
  RenderStats stats_;
  int64_t frames_ = 0;
  int64_t update_ = 0;                           ///< counts the draw lists
  bool measures_layers_ = false;                 ///< in the current frame, with its compositing
  bool measures_next_ = false;                   ///< because the last frame took too long
  std::chrono::steady_clock::time_point began_;  ///< the current frame
  base::TimeLimit limit_;                        ///< of the current frame
  std::chrono::steady_clock::time_point lap_;    ///< when the last layer was measured
  std::optional<std::string>
      suspect_;  ///< the layer that took the most time of the last frame, which overran
  std::vector<int64_t> item_nanoseconds_;  ///< of such a frame
};

}  // namespace layercast::render
