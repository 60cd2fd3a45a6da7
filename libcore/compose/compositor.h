#pragma once

#include "base/geometry.h"
#include "base/time_limit.h"
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

/// Whether the compositor composes each frame a second time with compose_plainly() and aborts when
/// the two differ.
enum class Verify : uint8_t { kNever, kEveryFrame };

/// The frames that a Compositor makes, and its threads.
struct CompositorOptions {
  frame::PixelFormat format = frame::PixelFormat::kYuv420p;
  base::SizeI size;  ///< of the canvas and of the frames
  int threads = 1;   ///< the caller's included; at least 1
  Verify verify = Verify::kNever;
};

/// The work that a compositor has done so far.
struct ComposeStats {
  int64_t frames_repeated = 0;      ///< without a change: compose() returned the last frame again
  int64_t tiles_composed = 0;       ///< wholly or in part
  int64_t tiles_copied = 0;         ///< of those: consisting of the copied planes of a video
  int64_t tiles_fetched = 0;        ///< only copied from the last frame
  int64_t tiles_skipped = 0;        ///< already up to date
  int64_t pixels_blended = 0;       ///< counted once for each item
  int64_t pictures_resampled = 0;   ///< as a whole, once for all frames that show them unchanged
  int64_t plan_nanoseconds = 0;     ///< CPU time: placing items, finding damage
  int64_t compose_nanoseconds = 0;  ///< CPU time of all threads: drawing and copying
  int64_t convert_nanoseconds = 0;  ///< CPU time of all threads: conversion to the frame's format
};

/// Composes draw lists into frames, and updates only those areas of a frame's memory that differ.
/// When nothing changed, it returns the last frame again.
/// Exact: every byte equals that of compose_plainly(), on any number of threads.
/// Allocates nothing after the first few frames of a scene. Thread: one at a time; it uses threads
/// of its own.
class Compositor {
 public:
  explicit Compositor(const CompositorOptions& options);

  /// Returns the frame that shows `list`. Range: list.canvas equals options.size. Keeps references
  /// to the sources as long as the memory of a frame shows them; to those of old frames for
  /// at most 544 calls, and 64 if they are large together.
  /// `item_nanoseconds`, if given, becomes the CPU time of drawing each item of the list, of all
  /// threads; 0 for those that did not change. Measuring costs a few nanoseconds an item and tile.
  /// Checks `limit` before each tile and copy, except in the first frame, and returns null if it
  /// was over before the frame was complete; the times are then those of the tiles drawn so far.
  frame::FramePtr compose(const DrawList& list, std::vector<int64_t>* item_nanoseconds = nullptr,
                          const base::TimeLimit& limit = {});

  const ComposeStats& stats() const { return stats_; }
  /// The number of frames allocated so far.
  size_t frames_made() const { return pool_.frames_made(); }
  /// The bytes of all frames allocated so far.
  size_t frame_bytes() const { return frame_bytes_; }

 private:
  // A frame's memory and the plan that it shows; null while its content is unknown.
  struct Held {
    const frame::Frame* frame = nullptr;
    std::shared_ptr<FramePlan> plan;
  };
  // The work on one tile.
  struct Job {
    int tile;
    base::RectI fetched;   // copied from the last frame; may be empty
    base::RectI composed;  // composed after that; never empty
  };
  // An area that is copied unchanged, across adjacent tiles: long rows suit the hardware
  // prefetcher.
  struct Run {
    const PlacedItem* video;  // the source of the planes; null: the last frame
    base::RectI area;
  };
  // The state of one thread.
  struct Worker {
    TilePainter painter;
    std::vector<const PlacedItem*> items;
    int64_t compose_ticks = 0;
    int64_t convert_ticks = 0;
    std::vector<int64_t> item_ticks;  ///< by item of the plan; empty: not measured
  };

  std::shared_ptr<FramePlan> plan_for(const DrawList& list);
  void release_sources();
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
  bool work(const FramePlan& plan, frame::Frame& target, const base::TimeLimit& limit);
  void do_run(const Run& run, const FramePlan& plan, frame::Frame& target, Worker& worker) const;
  void do_job(const Job& job, const FramePlan& plan, frame::Frame& target, Worker& worker);
  void compose_part(int tile, const base::RectI& part, const FramePlan& plan, frame::Frame& target,
                    Worker& worker);
  void measure_items(const FramePlan& plan, bool measures);
  void collect_items(double nanoseconds_per_tick, std::vector<int64_t>& item_nanoseconds) const;
  double count_work(int64_t cpu_nanoseconds);
  void verify(const DrawList& list, const frame::Frame& frame) const;

  CompositorOptions options_;
  TileGrid grid_;
  frame::FramePool pool_;
  size_t frame_bytes_ = 0;
  base::WorkerPool workers_;
  std::vector<std::unique_ptr<Worker>> benches_;  // one for each thread
  std::vector<Held> held_;
  std::vector<std::shared_ptr<FramePlan>> plans_;
  int64_t calls_ = 0;  // of compose()
  std::shared_ptr<FramePlan> last_plan_;
  std::shared_ptr<frame::Frame> last_frame_;
  Damage changed_;  // since the last frame
  Damage stale_;    // since the previous content of the frame that compose() now writes
  std::vector<Run> runs_;
  std::vector<Job> jobs_;
  std::vector<uint64_t> items_by_tile_;  // one bit for each item, words_ words for each tile
  size_t words_ = 0;
  ComposeStats stats_;
};

}  // namespace layercast::compose
