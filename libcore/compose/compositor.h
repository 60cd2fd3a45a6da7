#pragma once

#include "base/geometry.h"
#include "base/worker_pool.h"
#include "compose/damage.h"
#include "compose/draw_list.h"
#include "compose/tile.h"
#include "compose/tile_painter.h"
#include "frame/frame.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace layercast::compose {

/// Whether each frame is composed a second time, wholly and plainly, and held against the first.
enum class Verify : uint8_t { kNever, kEveryFrame };

struct CompositorOptions {
  frame::PixelFormat format = frame::PixelFormat::kYuv420p;
  base::SizeI size;
  int threads = 1;
  Verify verify = Verify::kNever;
};

/// What a compositor has done so far.
struct ComposeStats {
  int64_t frames_repeated = 0;      ///< nothing had changed: the last frame once more
  int64_t tiles_composed = 0;       ///< wholly or in part
  int64_t tiles_copied = 0;         ///< of those: nothing but a video's planes
  int64_t tiles_fetched = 0;        ///< only copied from the last frame
  int64_t tiles_skipped = 0;        ///< already as they should be
  int64_t pixels_blended = 0;       ///< each item counted
  int64_t pictures_resampled = 0;   ///< once for all frames in which they stand
  int64_t plan_nanoseconds = 0;     ///< of CPU: places, damage
  int64_t compose_nanoseconds = 0;  ///< of CPU, summed over threads: drawing and copying
  int64_t convert_nanoseconds = 0;  ///< of CPU, summed over threads: to the frame's format
};

/// Makes frames from draw lists, and works only where a frame differs from what its memory holds.
/// A frame in which nothing changed is the last one, handed out again.
/// Exact: every byte is that of compose_plainly(), on any number of threads.
/// Once it has made a few frames of a scene it allocates nothing. Thread: one at a time; it uses
/// threads of its own.
class Compositor {
 public:
  explicit Compositor(const CompositorOptions& options);

  /// The frame that shows `list`, whose canvas is options.size. Keeps references to its sources as
  /// long as a frame's memory holds them.
  frame::FramePtr compose(const DrawList& list);

  const ComposeStats& stats() const { return stats_; }
  /// Frames that it has made memory for, and how much that is.
  size_t frames_made() const { return pool_.frames_made(); }
  size_t frame_bytes() const { return frame_bytes_; }

 private:
  // What a frame's memory holds: a plan, or nothing that is known.
  struct Held {
    const frame::Frame* frame = nullptr;
    std::shared_ptr<FramePlan> plan;
  };
  // What is done to a tile.
  struct Job {
    int tile;
    base::RectI fetched;   // from the last frame; may be empty
    base::RectI composed;  // afterwards; never empty
  };
  // Pixels taken over as they are, of tiles side by side: rows long enough for a processor to see
  // what it reads next.
  struct Run {
    const PlacedItem* video;  // whose planes; null: from the last frame
    base::RectI area;
  };
  // What a thread works with.
  struct Worker {
    TilePainter painter;
    std::vector<const PlacedItem*> items;
    int64_t compose_ticks = 0;
    int64_t convert_ticks = 0;
  };

  std::shared_ptr<FramePlan> plan_for(const DrawList& list);
  bool stands(const FramePlan& plan, size_t i) const;
  void resample_standing(FramePlan& plan);
  void list_items_by_tile(const FramePlan& plan);
  void choose_copied(FramePlan& plan);
  Held& held_by(const frame::Frame& frame);
  void find_work(const Held& held, const FramePlan& plan, bool is_last);
  void add_work(int tile, const base::RectI& stale, const base::RectI& changed,
                const FramePlan& plan);
  void add_run(const PlacedItem* video, const base::RectI& area);
  template <class Copy, class Compose>
  void divide(int tile, const base::RectI& area, const FramePlan& plan, const Copy& copy,
              const Compose& compose) const;
  void work(const FramePlan& plan, frame::Frame& target);
  void do_run(const Run& run, frame::Frame& target, Worker& worker) const;
  void do_job(const Job& job, const FramePlan& plan, frame::Frame& target, Worker& worker);
  void compose_part(int tile, const base::RectI& part, const FramePlan& plan, frame::Frame& target,
                    Worker& worker);
  void count_work(int64_t cpu_nanoseconds);
  void verify(const DrawList& list, const frame::Frame& frame) const;

  CompositorOptions options_;
  TileGrid grid_;
  frame::FramePool pool_;
  size_t frame_bytes_ = 0;
  base::WorkerPool workers_;
  std::vector<std::unique_ptr<Worker>> benches_;  // one a thread
  std::vector<Held> held_;
  std::vector<std::shared_ptr<FramePlan>> plans_;
  std::shared_ptr<FramePlan> last_plan_;
  std::shared_ptr<frame::Frame> last_frame_;
  Damage changed_;  // since the last frame
  Damage stale_;    // since what the memory at hand held last
  std::vector<Run> runs_;
  std::vector<Job> jobs_;
  std::vector<uint64_t> items_by_tile_;  // a bit an item, words_ words a tile
  size_t words_ = 0;
  ComposeStats stats_;
};

}  // namespace layercast::compose
