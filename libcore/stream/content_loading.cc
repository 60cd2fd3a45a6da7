#include "base/thread_urgency.h"
#include "base/trace.h"
#include "render/evaluate.h"
#include "render/mask_layer.h"
#include "render/sampling_plan.h"
#include "sandbox/helper.h"
#include "scene/eval/resolved.h"
#include "scene/live/showing.h"
#include "stream/content_loader_work.h"
#include "stream/used_files.h"

#include <algorithm>
#include <chrono>
#include <utility>

namespace layercast::stream {
namespace {

using render::LayerContentPtr;

render::Stage stage_of(base::SizeI canvas, base::SizeI frame) {
  return {canvas, render::frame_from_canvas(canvas, frame)};
}

base::Error held_back(const std::string& layer, base::WallTime since) {
  return base::conflict("it began to load at " + base::utc_text(since) +
                        ", and the process died before it was ready; \"layerctl release " + layer +
                        "\" or a change of its content loads it");
}

// The image of the layer's mask, or the layer that the image masks.
std::string partner_of(const std::string& name) {
  return render::is_mask_name(name) ? std::string(render::owner_of(name)) : render::mask_name(name);
}

}  // namespace

// ---- Files --------------------------------------------------------------------------------------

// Marks what must be loaded again: contents whose files have changed, and failed ones that are due.
void ContentLoader::Work::take_changed_files() {
  const TimePoint now = options_.clock->host().now();
  std::set<std::string> changed;
  std::vector<std::string> due;
  {
    const std::lock_guard lock(mutex_);
    changed = std::exchange(changed_files_, {});
    due = ready_.due_files(now);
  }
  // Without the lock, which the render thread takes.
  const AssetFiles changed_files = identified({changed.begin(), changed.end()});
  const AssetFiles due_files = identified(due);
  bool has_fonts = false;
  {
    const std::lock_guard lock(mutex_);
    ready_.mark_changed(changed_files);
    ready_.mark_due(now, due_files);
    has_fonts = std::ranges::any_of(changed, [&](const std::string& path) {
      return is_font_file(path) || is_font_of_scene(path);
    });
  }
  if (has_fonts) renew_fonts();
}

// Whether the scene names the font file. Requires mutex_.
bool ContentLoader::Work::is_font_of_scene(const std::string& path) const {
  return context_ != nullptr &&
         std::ranges::any_of(context_->settings.fonts, [&](const std::string& font) {
           return context_->settings.resolved(font) == path;
         });
}

// Reloads all contents with new rasterizers, which read the fonts again.
void ContentLoader::Work::renew_fonts() {
  ContentContextPtr context;
  {
    const std::lock_guard lock(mutex_);
    context = context_;
  }
  if (context == nullptr) return;
  auto rasterizer = std::make_shared<content::Rasterizer>(context->settings);
  AssetFiles font_files = identified(fonts_of(context->settings));
  context = std::make_shared<const ContentContext>(*context);
  const std::lock_guard lock(mutex_);
  font_files_ = std::move(font_files);
  // Texts keep the fonts that they have until the new ones can be read.
  if (rasterizer->font_error() && !frame_rasterizer_->font_error()) return;
  context_ = std::move(context);
  frame_rasterizer_ = std::move(rasterizer);
  for (auto& [name, entry] : ready_.entries) {
    // Videos have no letters, apart from a caption, which follows when it is loaded.
    entry.is_stale = entry.is_stale || !is_video(*entry.shared.layer);
  }
}

void ContentLoader::Work::watch_files() {
  AssetFiles files;
  {
    const std::lock_guard lock(mutex_);
    files = ready_.files();
    files.insert(font_files_.begin(), font_files_.end());
    if (files == watched_files_) return;
    watched_files_ = files;
  }
  asset_watch_->watch(files);
}

// At most once a second: counting takes a moment, with the lock.
void ContentLoader::Work::note_bytes() {
  const TimePoint now = options_.clock->host().now();
  if (bytes_noted_ && now - *bytes_noted_ < std::chrono::seconds(1)) return;
  bytes_noted_ = now;
  ReadyContents::Bytes bytes;
  {
    const std::lock_guard lock(mutex_);
    bytes = ready_.bytes();
  }
  image_bytes_->set(static_cast<double>(bytes.images));
  text_bytes_->set(static_cast<double>(bytes.texts));
  animation_bytes_->set(static_cast<double>(pool_->bytes()));
  scaled_bytes_->set(static_cast<double>(resampled_->bytes()));
}

// Registers a content that was made. Requires mutex_.
void ContentLoader::Work::land(const std::string& name, Held loaded) {
  const auto releases = loaded.made.releases;
  ready_.land(name, loaded.shared, std::move(loaded.made), loaded.context,
              options_.clock->host().now(), options_.clock->next_frame_time());
  // It may have been released since.
  if (!releases || *releases == releases_) return;
  ready_.entries[name].is_stale = true;
  has_loaded_ = true;
}

// Registers a content, and the one that waits for it: a layer and its mask change in one frame.
// `waits`: whether it waits for the other one itself. Requires mutex_.
void ContentLoader::Work::land_or_hold(const std::string& name, bool waits, Held loaded) {
  if (waits && ready_.entries.contains(name)) {
    held_.insert_or_assign(name, std::move(loaded));
    return;
  }
  held_.erase(name);
  land(name, std::move(loaded));
  land_other(name);
}

// Registers the content that waits for that of `name`. Requires mutex_.
void ContentLoader::Work::land_other(const std::string& name) {
  auto other = held_.extract(partner_of(name));
  if (!other.empty()) land(other.key(), std::move(other.mapped()));
}

// Requires mutex_.
bool ContentLoader::Work::is_held(const std::string& name, const SharedLayer& shared) const {
  const auto held = held_.find(name);
  return held != held_.end() && held->second.context == context_ &&
         same_job(held->second.shared, shared);
}

// Registers the held contents that nothing loads for any more, and forgets those that are not
// wanted any more. Requires mutex_.
void ContentLoader::Work::update_held(const std::vector<Wanted>& wanted) {
  for (const Wanted& each : wanted) {
    if (!is_held(each.name, each.shared) || jobs_.contains(partner_of(each.name))) continue;
    auto held = held_.extract(each.name);
    held.mapped().shared = each.shared;
    land(each.name, std::move(held.mapped()));
  }
  std::erase_if(held_, [&](const auto& entry) {
    const auto layer = std::ranges::find(wanted, entry.first, &Wanted::name);
    return layer == wanted.end() || !is_held(entry.first, layer->shared);
  });
}

// ---- Contents -----------------------------------------------------------------------------------

// Whether the content has the pictures of the present time, or needs none. Requires mutex_.
bool ContentLoader::Work::is_at_its_time(const ReadyContents::Entry& entry,
                                         const SharedLayer& shared) const {
  const content::MovingContent* moving = entry.content->moving.get();
  if (entry.is_shown || moving == nullptr || !moving->may_be_behind()) return true;
  return scene::is_gone(shared.running(), options_.clock->next_frame_time());
}

// `reported`: the failure that was reported last; it is not reported again.
MadeContent ContentLoader::Work::make(ContentBuilder& builder, const ContentContextPtr& context,
                                      const scene::RunningLayer& layer,
                                      const std::string& reported) {
  const std::string owner(render::owner_of(layer.layer.id));
  const UsedFiles used = files_of(layer.layer, context->settings);
  MadeContent made;
  made.files = identified(used.files);
  made.has_sources = used.has_urls || !used.files.empty();
  const auto began = std::chrono::steady_clock::now();
  const bool is_loaded = load_marked(builder, context, layer, made);
  made.content = closer_.owned(std::move(made.content));
  const LayerContentPtr& content = made.content;
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  if (is_loaded) seconds_->observe(taken.count());
  base::trace("content", [&] {
    return layer.layer.id + (content->error ? ": failed after " : ": made in ") +
           std::to_string(taken.count()) + " s";
  });
  if (content->error && !sandbox::Cancellation::is_requested()) {
    made.failure = content->error;
    failures_->add();
    if (content->error->to_string() != reported) {
      options_.on_failure(owner, *content->error);
    }
  }
  report_remarks(owner, content->remarks);
  made.is_outdated = is_outdated(made.files);
  return made;
}

// Makes the content of `made` while it is marked, up to its first picture; false: it is held, and
// the error picture says why.
bool ContentLoader::Work::load_marked(ContentBuilder& builder, const ContentContextPtr& context,
                                      const scene::RunningLayer& layer, MadeContent& made) {
  std::optional<LoadingMarks::Mark> mark;
  if (options_.marks != nullptr && is_marked(layer.layer)) {
    AssetFiles files = made.files;
    {
      const std::lock_guard lock(mutex_);
      made.releases = releases_;
      files.insert(font_files_.begin(), font_files_.end());
    }
    const MarkedContent content = marked_content(layer.layer, files);
    if (const auto since = options_.marks->held_since(content)) {
      made.content = builder.make_failed(
          context, layer, held_back(std::string(render::owner_of(layer.layer.id)), *since));
      made.has_sources = false;  // Only a change or a release helps.
      return false;
    }
    made.releases.reset();
    mark.emplace(*options_.marks, content);
  }
  const base::Duration now = options_.clock->next_frame_time();
  const base::FrameRate rate = options_.clock->rate();
  made.content = builder.make(context, layer,
                              {rate.index_at(now), rate, context->epoch,
                               layer.run.start.value_or(now), layer.run.stopwatch});
  if (made.content->moving == nullptr) return true;
  // Decodes the first picture in advance; its errors are reported when it is shown.
  const base::Duration start = layer.run.start.value_or(now);
  std::vector<content::Part> parts;
  const auto first = made.content->moving->show(
      base::SceneTime{now.count(), 1'000'000'000}.since(start), frame::Patience::kWaits, parts);
  if (!first) made.failure = first.error();
  return true;
}

bool ContentLoader::Work::release(const std::string& layer) {
  if (options_.marks == nullptr || !options_.marks->release(layer)) return false;
  const auto is_of_layer = [&](const auto& each) {
    return render::owner_of(each.second.shared.layer->id) == layer;
  };
  {
    const std::lock_guard lock(mutex_);
    for (auto& entry : ready_.entries) {
      if (is_of_layer(entry) && entry.second.error) entry.second.is_stale = true;
    }
    ++releases_;
    has_loaded_ = true;
  }
  changed_.notify_all();
  return true;
}

// Ends the holds on layers that the newest state does not have.
void ContentLoader::Work::forget_removed_marks(const scene::LiveState& state) {
  if (options_.marks == nullptr || !options_.marks->has_holds()) return;
  const auto wanted = layers_of(state, options_.clock->next_frame_time());
  std::set<std::string_view> layers;
  for (const Wanted& each : wanted) layers.insert(each.shared.layer->id);
  options_.marks->forget_removed(layers);
}

// A layer whose content is made again gets the same remarks, which are reported once.
void ContentLoader::Work::report_remarks(const std::string& layer,
                                         const std::vector<std::string>& remarks) {
  constexpr size_t kRemarksKept = 1000;
  for (const std::string& remark : remarks) {
    {
      const std::lock_guard lock(mutex_);
      if (reported_remarks_.size() >= kRemarksKept) reported_remarks_.clear();
      if (!reported_remarks_.emplace(layer, remark).second) continue;
    }
    if (options_.on_remark) options_.on_remark(layer, remark);
  }
}

// Resamples the picture of a scaled layer in advance, if sampling_plan() says so. The renderer
// resamples what is missing here, with the same result.
void ContentLoader::Work::scale(const SharedLayer& shared, const render::LayerContent& content,
                                const render::Stage& stage) {
  const scene::Layer& layer = *shared.layer;
  const bool is_scaled = layer.transform.scale.x != 1 || layer.transform.scale.y != 1 ||
                         stage.frame_from_canvas != base::Affine{};
  if (!is_scaled || !content.raster || !content.is_one_picture()) return;
  scene::Layer settled_layer = layer;  // as it is after it has entered
  settled_layer.visible = true;
  settled_layer.enter.clear();
  scene::LayerRun settled_run;
  settled_run.start = shared.run->start;
  settled_run.animations = shared.run->animations;
  const scene::RunningLayer settled{settled_layer, settled_run};
  const base::FrameRate rate = options_.clock->rate();
  const base::SceneTime time = rate.time_of(rate.index_at(options_.clock->next_frame_time()));
  const content::Part part = render::part_of(*content.raster);
  auto placed = render::placed_at(settled, content.raster->box, {&part, 1}, time, stage);
  if (!placed) return;
  placed->is_clipped = content.clip.has_value();
  const render::LayerSampling sampling = render::layer_sampling(settled, content, time);
  // Only the cache is needed, not the item.
  static_cast<void>(render::sampled_item(settled_layer, *placed, part, sampling, *resampled_));
}

void ContentLoader::Work::scale_all(const scene::LiveState& state) {
  const render::Stage stage = stage_of(state.scene.canvas.size, scene::frame_size_of(state));
  for (const auto& layer : state.scene.layers) {
    const SharedLayer shared{
        scene::resolved(layer, state.scene.canvas.size),
        scene::resolved(state.run.layers.of(layer->id), state.scene.canvas.size)};
    LayerContentPtr content;
    {
      const std::lock_guard lock(mutex_);
      if (is_ready(layer->id, shared)) content = ready_.entries.find(layer->id)->second.content;
    }
    if (content != nullptr) scale(shared, *content, stage);
  }
}

ContentLoader::Work::NamedJob* ContentLoader::Work::next_job(JobKind kind) {
  for (NamedJob& job : jobs_) {
    if (!job.second.is_under_way && job.second.kind == kind) return &job;
  }
  return nullptr;
}

// The content of a video that is shown again, if only its pictures are old. Requires mutex_.
LayerContentPtr ContentLoader::Work::content_to_prepare(const std::string& name,
                                                        const SharedLayer& shared) const {
  const auto known = ready_.entries.find(name);
  if (known == ready_.entries.end() || known->second.is_stale) return nullptr;
  const ReadyContents::Entry& entry = known->second;
  const bool is_behind = !is_at_its_time(entry, shared) && same_content(entry.shared, shared) &&
                         has_filters_of(*entry.content, shared);
  return is_behind ? entry.content : nullptr;
}

// Decodes the pictures of the present time. If that takes several frames, it is behind again.
void ContentLoader::Work::prepare(const LayerContentPtr& content, const SharedLayer& shared) {
  constexpr int kRoundsMax = 4;
  for (int round = 0; round < kRoundsMax; ++round) {
    const base::Duration now = options_.clock->next_frame_time();
    const base::Duration start = shared.run->start.value_or(now);
    content->moving->prepare(base::SceneTime{now.count(), 1'000'000'000}.since(start));
    const base::FrameRate rate = options_.clock->rate();
    const int64_t passed = rate.index_at(options_.clock->next_frame_time()) - rate.index_at(now);
    if (passed <= 1) return;
  }
}

// Requires mutex_.
void ContentLoader::Work::finish_preparing(const std::string& name, const SharedLayer& shared,
                                           const LayerContentPtr& content) {
  const auto wanted = jobs_.find(name);
  const auto known = ready_.entries.find(name);
  const bool is_wanted = wanted != jobs_.end() && same_job(*wanted->second.shared, shared) &&
                         known != ready_.entries.end() && known->second.content == content;
  if (!is_wanted) return;
  known->second.shared = *wanted->second.shared;
  known->second.is_shown = true;
  jobs_.erase(wanted);
  land_other(name);
  publish();
  changed_.notify_all();
}

// Notes which contents the newest view shows; those with a job may be behind. Requires mutex_.
void ContentLoader::Work::note_shown() {
  const base::Duration now = options_.clock->next_frame_time();
  for (auto& [name, entry] : ready_.entries) {
    entry.is_shown = !jobs_.contains(name) && !scene::is_gone(entry.shared.running(), now);
    const base::SceneTime time{now.count(), 1'000'000'000};
    const bool fades =
        entry.former != nullptr &&
        scene::content_progress(entry.shared.running(), entry.former->replaced_at, time);
    if (!fades) entry.former.reset();
  }
}

// Whether the content that a thread is making is still to be made.
bool ContentLoader::Work::is_wanted_job(const std::string& name, const SharedLayer& shared) {
  const std::lock_guard lock(mutex_);
  const auto wanted = jobs_.find(name);
  return !stops_ && wanted != jobs_.end() && same_job(*wanted->second.shared, shared);
}

void ContentLoader::Work::load(JobKind kind) {
  base::set_urgency(base::Urgency::kEncoding);  // decoders of videos inherit it
  ContentBuilder builder;
  std::unique_lock lock(mutex_);
  for (;;) {
    while (!stops_ && next_job(kind) == nullptr) {
      changed_.wait(lock);
      if (!ContentBuilder::lacks_memory()) continue;
      lock.unlock();
      builder.forget_unused();
      lock.lock();
    }
    if (stops_) return;
    NamedJob& job = *next_job(kind);
    job.second.is_under_way = true;
    const std::string name = job.first;
    const SharedLayer shared = *job.second.shared;
    const ContentContextPtr context = context_;
    const render::Stage stage = stage_of(context->settings.canvas.size, frame_size_);
    const std::string reported = ready_.failure_of(name);
    if (const LayerContentPtr known = content_to_prepare(name, shared)) {
      lock.unlock();
      prepare(known, shared);
      lock.lock();
      finish_preparing(name, shared, known);
      continue;
    }
    lock.unlock();
    MadeContent made;
    {
      const sandbox::Cancellation cancellation([&] { return !is_wanted_job(name, shared); });
      made = make(builder, context, shared.running(), reported);
    }
    scale(shared, *made.content, stage);
    lock.lock();
    const auto wanted = jobs_.find(name);
    const bool is_wanted = wanted != jobs_.end() && same_job(*wanted->second.shared, shared);
    if (!is_wanted) continue;
    const auto other = jobs_.find(partner_of(name));
    const bool waits = other != jobs_.end() && !other->second.reloads && !wanted->second.reloads;
    land_or_hold(name, waits, {*wanted->second.shared, std::move(made), context});
    jobs_.erase(wanted);
    if (render::is_mask_name(name) && !taken_.empty()) adopt_masked(*taken_.back().state);
    has_loaded_ = true;
    publish();
    changed_.notify_all();
  }
}

}  // namespace layercast::stream
