#include "compose/compositor.h"

#include "base/check.h"
#include "base/cpu_clock.h"
#include "base/tick_clock.h"
#include "compose/reference.h"
#include "frame/convert.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cstring>
#include <utility>

namespace layercast::compose {
namespace {

using base::RectI;

constexpr size_t kBitsAWord = 64;

// A picture that changes or moves within this many frames is sampled only where it is visible.
constexpr int kFramesStood = 8;
// compose() searches for sources to release every kReleaseEvery calls; after kReleaseAllAfter calls
// it also releases small ones.
constexpr int64_t kReleaseEvery = 32;
constexpr int64_t kReleaseAllAfter = 512;
constexpr size_t kResampledBytesMax = size_t{64} << 20;

// One thread finishes fewer pixels than this before another thread has woken up.
constexpr int64_t kPixelsWorthAThread = 64 * 64 * 4;

int64_t area_of(const RectI& rect) {
  return rect.empty() ? 0 : int64_t{rect.width()} * rect.height();
}

// Whether `right` continues `left` to the right.
bool is_beside(const RectI& left, const RectI& right) {
  return left.right == right.left && left.top == right.top && left.bottom == right.bottom;
}

}  // namespace

Compositor::Compositor(const CompositorOptions& options)
    : options_(options),
      grid_(options.size),
      pool_(options.format, options.size),
      workers_(options.threads),
      changed_(options.size, options.format),
      stale_(options.size, options.format) {
  for (int i = 0; i < options.threads; ++i) benches_.push_back(std::make_unique<Worker>());
  jobs_.reserve(static_cast<size_t>(grid_.count()));
  runs_.reserve(2 * static_cast<size_t>(grid_.count()));
}

frame::FramePtr Compositor::compose(const DrawList& list, std::vector<int64_t>* item_nanoseconds,
                                    const base::TimeLimit& limit) {
  LAYERCAST_CHECK(list.canvas == options_.size);
  if (item_nanoseconds != nullptr) item_nanoseconds->assign(list.items.size(), 0);
  if (++calls_ % kReleaseEvery == 0) release_sources();
  if (last_frame_ != nullptr && list == last_plan_->list) {
    ++stats_.frames_repeated;
    return last_frame_;
  }
  base::CpuStopwatch watch;
  const std::shared_ptr<FramePlan> plan = plan_for(list);
  list_items_by_tile(*plan);
  changed_.clear();
  if (last_frame_ != nullptr) {
    changed_.add_difference(*last_plan_, *plan);
  } else {
    changed_.add_everything();
  }
  choose_copied(*plan);
  // The memory of the last frame needs the least work, but it is free only without other owners.
  std::shared_ptr<frame::Frame> frame;
  const bool is_last = last_frame_ != nullptr && pool_.is_only_owner(last_frame_);
  frame = is_last ? last_frame_ : pool_.take();
  Held& held = held_by(*frame);
  find_work(held, *plan, is_last);
  // Until the frame is complete, the content of its memory is unknown.
  held.plan.reset();
  if (is_last) last_frame_.reset();
  stats_.plan_nanoseconds += watch.lap();
  const int64_t others = workers_.cpu_nanoseconds();
  measure_items(*plan, item_nanoseconds != nullptr);
  // The first frame is never given up: its work is not repeated, and nothing else can be shown.
  const bool is_complete = work(*plan, *frame, last_plan_ == nullptr ? base::TimeLimit() : limit);
  const double per_tick = count_work(watch.lap() + workers_.cpu_nanoseconds() - others);
  if (item_nanoseconds != nullptr) collect_items(per_tick, *item_nanoseconds);
  if (!is_complete) return nullptr;
  held.plan = plan;
  last_plan_ = plan;
  last_frame_ = std::move(frame);
  if (options_.verify == Verify::kEveryFrame) verify(list, *last_frame_);
  return last_frame_;
}

// Fills a plan that no frame's memory refers to, and returns it.
std::shared_ptr<FramePlan> Compositor::plan_for(const DrawList& list) {
  auto free = std::ranges::find_if(plans_, [](const auto& plan) { return plan.use_count() == 1; });
  if (free == plans_.end()) {
    plans_.push_back(std::make_shared<FramePlan>());
    free = plans_.end() - 1;
  }
  FramePlan& plan = **free;
  plan.call = calls_;
  plan.list = list;
  plan.placed.clear();
  plan.stood.clear();
  const RectI shown = shown_area(list);
  for (size_t i = 0; i < list.items.size(); ++i) {
    const bool is_known = last_plan_ != nullptr && i < last_plan_->placed.size() &&
                          last_plan_->list.shown == list.shown &&
                          last_plan_->list.items[i] == list.items[i];
    if (is_known) {
      plan.placed.push_back(last_plan_->placed[i]);
    } else {
      plan.placed.emplace_back(list.items[i], shown);
    }
    plan.stood.push_back(stands(plan, i) ? std::min(last_plan_->stood[i] + 1, kFramesStood) : 0);
  }
  resample_standing(plan);
  plan.copied.assign(2 * static_cast<size_t>(grid_.count()), RectI{});
  return *free;
}

// Releases the sources of frames that are older than the last one: while a scene stands still,
// nothing else would, and removed layers would keep their memory. The content of an old frame then
// counts as unknown: when compose() writes to its memory again, it copies from the last frame what
// did not change since then.
void Compositor::release_sources() {
  if (last_plan_ == nullptr) return;
  const auto is_shown = [this](const Source& source, size_t index) {
    const auto& items = last_plan_->list.items;
    if (index < items.size() && items[index].source == source) return true;  // the usual case
    return std::ranges::find(items, source, &DrawItem::source) != items.end();
  };
  const int64_t pixels_max = options_.size.area();
  for (Held& held : held_) {
    if (held.plan == nullptr || held.plan == last_plan_) continue;
    const int64_t age = calls_ - held.plan->call;
    if (age < kReleaseEvery) continue;
    int64_t pixels = 0;
    const auto& items = held.plan->list.items;
    for (size_t i = 0; i < items.size(); ++i) {
      if (!is_shown(items[i].source, i)) pixels += size_of(items[i].source).area();
    }
    if (pixels > pixels_max || age >= kReleaseAllAfter) held.plan.reset();
  }
  for (const auto& plan : plans_) {
    if (plan.use_count() > 1) continue;
    plan->list.items.clear();
    plan->placed.clear();
  }
}

// Whether item `i` shows the same picture at the same place as in the last frame.
bool Compositor::stands(const FramePlan& plan, size_t i) const {
  if (last_plan_ == nullptr || i >= last_plan_->placed.size()) return false;
  const DrawItem& before = last_plan_->list.items[i];
  const DrawItem& now = plan.list.items[i];
  return before.source == now.source && before.canvas_from_picture == now.canvas_from_picture &&
         last_plan_->placed[i].bounds() == plan.placed[i].bounds();
}

// Resamples pictures that have not changed for a while as a whole, for all later frames, within the
// memory limit: at most one per frame, so that the cost never accumulates in one frame.
void Compositor::resample_standing(FramePlan& plan) {
  const int64_t before = stats_.pictures_resampled;
  size_t bytes = 0;
  for (size_t i = 0; i < plan.placed.size(); ++i) {
    PlacedItem& item = plan.placed[i];
    const size_t needed = item.resampled_bytes();
    if (plan.stood[i] == 0 || needed == 0) continue;
    if (!item.is_resampled()) item.take_resampled(last_plan_->placed[i]);
    const bool is_turn = plan.stood[i] >= kFramesStood && stats_.pictures_resampled == before;
    if (!item.is_resampled()) {
      if (!is_turn || bytes + needed > kResampledBytesMax) continue;
      item.resample();
      ++stats_.pictures_resampled;
    }
    bytes += needed;
  }
}

void Compositor::list_items_by_tile(const FramePlan& plan) {
  words_ = (plan.placed.size() + kBitsAWord - 1) / kBitsAWord;
  items_by_tile_.assign(words_ * static_cast<size_t>(grid_.count()), 0);
  for (size_t i = 0; i < plan.placed.size(); ++i) {
    RectI bounds = plan.placed[i].bounds();
    ++bounds.right;  // the painter composes a tile with the column to its left
    const RectI tiles = grid_.touched(bounds);
    for (int line = tiles.top; line < tiles.bottom; ++line) {
      for (int column = tiles.left; column < tiles.right; ++column) {
        const auto tile = static_cast<size_t>(line) * static_cast<size_t>(grid_.columns()) +
                          static_cast<size_t>(column);
        items_by_tile_[tile * words_ + i / kBitsAWord] |= uint64_t{1} << (i % kBitsAWord);
      }
    }
  }
}

// Half tiles without a change keep their copied area. When the copied area of a half changes, the
// whole half is damaged: copied planes differ slightly from the same video composed.
void Compositor::choose_copied(FramePlan& plan) {
  const bool any = std::ranges::any_of(
      plan.placed, [this](const PlacedItem& item) { return is_copyable(item, options_.format); });
  for (int i = 0; i < 2 * grid_.count(); ++i) {
    const auto at = static_cast<size_t>(i);
    const int tile = i / 2;
    const RectI half = grid_.half(tile, i % 2);
    const RectI was_copied = last_frame_ != nullptr ? last_plan_->copied[at] : RectI{};
    if (base::intersection(changed_.part(tile), half).empty()) {
      plan.copied[at] = was_copied;
      continue;
    }
    if (any) plan.copied[at] = copied_video(plan.placed, half, options_.format).area;
    if (plan.copied[at] != was_copied) changed_.add_part(tile, half);
  }
}

Compositor::Held& Compositor::held_by(const frame::Frame& frame) {
  const auto known = std::ranges::find(held_, &frame, &Held::frame);
  if (known != held_.end()) return *known;
  frame_bytes_ += frame.bytes();
  return held_.emplace_back(Held{&frame, nullptr});
}

void Compositor::find_work(const Held& held, const FramePlan& plan, bool is_last) {
  jobs_.clear();
  runs_.clear();
  if (!is_last) {
    stale_.clear();
    if (held.plan == nullptr) {
      stale_.add_everything();
    } else {
      stale_.add_difference(*held.plan, plan);
    }
  }
  for (int tile = 0; tile < grid_.count(); ++tile) {
    for (int i = 2 * tile; !is_last && held.plan != nullptr && i < 2 * tile + 2; ++i) {
      const auto at = static_cast<size_t>(i);
      if (held.plan->copied[at] != plan.copied[at]) stale_.add_part(tile, grid_.half(tile, i % 2));
    }
    const RectI& changed = changed_.part(tile);
    add_work(tile, is_last ? changed : stale_.part(tile), changed, plan);
  }
}

// `stale` is the area to update; its part outside `changed` is up to date in the last frame. Plain
// copies become runs across tiles, except in a tile that is both fetched and composed, where the
// order matters.
void Compositor::add_work(int tile, const RectI& stale, const RectI& changed,
                          const FramePlan& plan) {
  if (stale.empty()) {
    ++stats_.tiles_skipped;
    return;
  }
  const RectI both = base::intersection(stale, changed);
  if (both.empty()) {
    ++stats_.tiles_fetched;
    add_run(nullptr, stale);
    return;
  }
  ++stats_.tiles_composed;
  if (last_frame_ != nullptr && area_of(both) * 4 <= area_of(stale) * 3) {
    jobs_.push_back({tile, stale, both});
    return;
  }
  const size_t jobs = jobs_.size();
  divide(
      tile, stale, plan,
      [this](const PlacedItem& video, const RectI& part) { add_run(&video, part); },
      [&](const RectI& part) {
        jobs_.push_back({tile, {}, part});
      });
  if (jobs_.size() == jobs) ++stats_.tiles_copied;
}

void Compositor::add_run(const PlacedItem* video, const RectI& area) {
  if (!runs_.empty()) {
    Run& last = runs_.back();
    if (last.video == video && is_beside(last.area, area)) {
      last.area.right = area.right;
      return;
    }
  }
  runs_.push_back({video, area});
}

// Divides `area`, a part of `tile`, into the area that is copied, copy(video, part), and the areas
// around it, compose(part).
template <class Copy, class Compose>
void Compositor::divide(int tile, const RectI& area, const FramePlan& plan, const Copy& copy,
                        const Compose& compose) const {
  const auto divide_part = [&](const RectI& whole, const CopiedVideo& copied) {
    const RectI part = base::intersection(whole, copied.area);
    if (part.empty()) return whole.empty() ? void() : compose(whole);
    copy(*copied.item, part);
    for (const RectI& rest : base::around(whole, part)) {
      if (!rest.empty()) compose(rest);
    }
  };
  const auto copied_at = [&](int side) {
    const bool any =
        !plan.copied[2 * static_cast<size_t>(tile) + static_cast<size_t>(side)].empty();
    return any ? copied_video(plan.placed, grid_.half(tile, side), options_.format) : CopiedVideo();
  };
  const CopiedVideo left = copied_at(0);
  const CopiedVideo right = copied_at(1);
  if (left.item == right.item && (left.item == nullptr || is_beside(left.area, right.area))) {
    const RectI both{left.area.left, left.area.top, right.area.right, right.area.bottom};
    return divide_part(area, {left.item, both});
  }
  divide_part(base::intersection(area, grid_.half(tile, 0)), left);
  divide_part(base::intersection(area, grid_.half(tile, 1)), right);
}

// False when the limit was over before all was done.
bool Compositor::work(const FramePlan& plan, frame::Frame& target, const base::TimeLimit& limit) {
  const auto runs = static_cast<int>(runs_.size());
  std::atomic<bool> is_given_up = false;
  const auto do_one = [&](int piece, int thread) {
    if (is_given_up.load(std::memory_order_relaxed)) return;
    if (limit.is_over()) return is_given_up.store(true, std::memory_order_relaxed);
    Worker& worker = *benches_[static_cast<size_t>(thread)];
    if (piece < runs) return do_run(runs_[static_cast<size_t>(piece)], plan, target, worker);
    do_job(jobs_[static_cast<size_t>(piece - runs)], plan, target, worker);
  };
  int64_t pixels = 0;
  for (const Run& run : runs_) pixels += area_of(run.area) / 4;
  for (const Job& job : jobs_) pixels += area_of(job.composed) + area_of(job.fetched) / 4;
  const int count = runs + static_cast<int>(jobs_.size());
  if (pixels < kPixelsWorthAThread) {
    for (int piece = 0; piece < count; ++piece) do_one(piece, 0);
  } else {
    workers_.run(count, do_one);
  }
  return !is_given_up;
}

void Compositor::do_run(const Run& run, const FramePlan& plan, frame::Frame& target,
                        Worker& worker) const {
  const int64_t start = base::ticks();
  if (run.video == nullptr) {
    frame::copy_area(*last_frame_, run.area, target);
  } else {
    frame::copy_planes(*run.video->yuv(), run.video->top_left(), run.area, target);
  }
  const int64_t taken = base::ticks() - start;
  worker.compose_ticks += taken;
  if (run.video == nullptr || worker.item_ticks.empty()) return;
  worker.item_ticks[static_cast<size_t>(run.video - plan.placed.data())] += taken;
}

void Compositor::do_job(const Job& job, const FramePlan& plan, frame::Frame& target,
                        Worker& worker) {
  if (job.fetched.empty()) return compose_part(job.tile, job.composed, plan, target, worker);
  do_run({nullptr, job.fetched}, plan, target, worker);
  divide(
      job.tile, job.composed, plan,
      [&](const PlacedItem& video, const RectI& part) {
        do_run({&video, part}, plan, target, worker);
      },
      [&](const RectI& part) { compose_part(job.tile, part, plan, target, worker); });
}

void Compositor::compose_part(int tile, const RectI& part, const FramePlan& plan,
                              frame::Frame& target, Worker& worker) {
  const int64_t start = base::ticks();
  worker.items.clear();
  for (size_t word = 0; word < words_; ++word) {
    uint64_t bits = items_by_tile_[static_cast<size_t>(tile) * words_ + word];
    for (; bits != 0; bits &= bits - 1) {
      const size_t item = word * kBitsAWord + static_cast<size_t>(std::countr_zero(bits));
      worker.items.push_back(&plan.placed[item]);
    }
  }
  worker.painter.compose(worker.items, plan.list.background, part);
  const int64_t composed = base::ticks();
  worker.painter.convert(target);
  worker.compose_ticks += composed - start;
  worker.convert_ticks += base::ticks() - composed;
}

// Makes the workers measure the items of the plan, or not.
void Compositor::measure_items(const FramePlan& plan, bool measures) {
  for (const auto& bench : benches_) {
    bench->item_ticks.assign(measures ? plan.placed.size() : 0, 0);
    bench->painter.measure(plan.placed.data(), bench->item_ticks);
  }
}

void Compositor::collect_items(double nanoseconds_per_tick,
                               std::vector<int64_t>& item_nanoseconds) const {
  for (size_t i = 0; i < item_nanoseconds.size(); ++i) {
    int64_t sum = 0;
    for (const auto& bench : benches_) sum += bench->item_ticks[i];
    item_nanoseconds[i] = static_cast<int64_t>(static_cast<double>(sum) * nanoseconds_per_tick);
  }
}

// The ticks give the ratio of the two times, and the CPU clock gives their sum. Returns the
// nanoseconds of a tick.
double Compositor::count_work(int64_t cpu_nanoseconds) {
  int64_t compose = 0;
  int64_t convert = 0;
  int64_t blended = 0;
  for (const auto& bench : benches_) {
    compose += std::exchange(bench->compose_ticks, 0);
    convert += std::exchange(bench->convert_ticks, 0);
    blended += bench->painter.pixels_blended();
  }
  stats_.pixels_blended = blended;
  const auto converted =
      static_cast<int64_t>(static_cast<double>(cpu_nanoseconds) * static_cast<double>(convert) /
                           static_cast<double>(std::max<int64_t>(1, compose + convert)));
  stats_.convert_nanoseconds += converted;
  stats_.compose_nanoseconds += cpu_nanoseconds - converted;
  return static_cast<double>(cpu_nanoseconds) /
         static_cast<double>(std::max<int64_t>(1, compose + convert));
}

void Compositor::verify(const DrawList& list, const frame::Frame& frame) const {
  frame::Frame expected(options_.format, options_.size);
  compose_plainly(list, expected);
  for (int plane = 0; plane < frame.planes(); ++plane) {
    const int rows = frame::plane_size(options_.format, options_.size, plane).height;
    for (int y = 0; y < rows; ++y) {
      const bool is_equal = std::memcmp(frame.plane(plane) + y * frame.row_bytes(plane),
                                        expected.plane(plane) + y * expected.row_bytes(plane),
                                        frame.packed_row_bytes(plane)) == 0;
      LAYERCAST_CHECK(is_equal);
    }
  }
}

}  // namespace layercast::compose
