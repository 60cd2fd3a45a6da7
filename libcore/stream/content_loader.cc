#include "stream/content_loader.h"

#include "base/thread_name.h"
#include "base/thread_urgency.h"
#include "render/mask_layer.h"
#include "scene/live/showing.h"
#include "scene/model/scene_settings.h"
#include "stream/content_loader_work.h"
#include "stream/used_files.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace layercast::stream {
namespace {

using render::LayerContentPtr;
using render::SceneView;
using render::SceneViewPtr;

constexpr int kThreadsOfKind = 2;

// The time at which the first layer of the view is gone.
std::optional<base::Duration> first_gone_from(const SceneView& view) {
  std::optional<base::Duration> first;
  for (const render::ShownLayer& shown : view.layers) {
    const auto gone_from = scene::gone_from(shown.running());
    if (gone_from && (!first || *gone_from < *first)) first = gone_from;
  }
  return first;
}

}  // namespace

ContentLoader::Work::Work(ContentLoaderOptions options)
    : options_(std::move(options)), resampled_(std::make_shared<render::ResampledPictures>()) {
  failures_ = options_.metrics->counter(
      {"content_failures_total", "Contents that could not be loaded; the error picture is shown."});
  seconds_ = options_.metrics->histogram(
      {"content_load_seconds", "Time to load the content of a layer."}, base::seconds_bounds());
  const auto bytes_gauge = [&](const char* kind) {
    return options_.metrics->gauge(
        {"content_cache_bytes", "Memory of the pictures of the contents, by kind."},
        {{"kind", kind}});
  };
  image_bytes_ = bytes_gauge("image");
  text_bytes_ = bytes_gauge("text");
  animation_bytes_ = bytes_gauge("animation");
  scaled_bytes_ = bytes_gauge("scaled");
  subscription_ = options_.layers->subscribe([this](const layers::Change&) {
    {
      const std::lock_guard lock(mutex_);
      has_news_ = true;
    }
    changed_.notify_all();
  });
  asset_watch_ = std::make_unique<AssetWatch>([this](const std::set<std::string>& paths) {
    {
      const std::lock_guard lock(mutex_);
      changed_files_.insert(paths.begin(), paths.end());
    }
    changed_.notify_all();
  });
  threads_.push_back(base::named_thread("content-watch", [this] { watch(); }));
  for (int i = 0; i < kThreadsOfKind; ++i) {
    threads_.push_back(base::named_thread("content-loader", [this] { load(JobKind::kLocal); }));
    threads_.push_back(base::named_thread("content-web", [this] { load(JobKind::kRemote); }));
  }
}

ContentLoader::Work::~Work() {
  subscription_.reset();
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  for (auto& thread : threads_) thread.join();
  asset_watch_.reset();
}

void ContentLoader::Work::watch() {
  base::set_urgency(base::Urgency::kEncoding);
  while (take_newest()) {
    take_changed_files();
    process_states(options_.layers->published());
    watch_files();
    if (has_scene_news_) resampled_->forget_unused();
    note_bytes();
  }
}

// Waits for changes of the scene or of files, or until a failed load is due again. False when the
// loader ends.
bool ContentLoader::Work::take_newest() {
  std::unique_lock lock(mutex_);
  const auto has_any = [this] {
    return stops_ || has_news_ || has_loaded_ || catches_up_ || !changed_files_.empty();
  };
  if (const auto retry = ready_.next_retry()) {
    options_.clock->host().wait_until(lock, changed_, *retry, has_any);
  } else {
    changed_.wait(lock, has_any);
  }
  has_scene_news_ = std::exchange(has_news_, false);
  has_loaded_ = false;
  return !stops_;
}

void ContentLoader::Work::process_states(const std::vector<layers::Published>& published) {
  for (const layers::Published& each : published) {
    const auto is_it = [&](const TimedView& known) { return known.state == each.state; };
    bool is_known = false;
    {
      const std::lock_guard lock(mutex_);
      is_known = std::ranges::any_of(views_, is_it);
      if (!is_known) ready_.hurry();
      const bool is_due = ready_.has_stale() || catches_up_;
      if (is_known && (!is_due || &each != &published.back())) continue;
    }
    make_ready(each.state);
    const std::lock_guard lock(mutex_);
    if (!is_known) taken_.push_back(each);
    publish();
  }
  {
    const std::lock_guard lock(mutex_);
    taken_ = published;  // some are over
    if (!taken_.empty()) {
      adopt_masked(*taken_.back().state);  // an image may have landed before the state was taken
      forget_absent(*taken_.back().state);
    }
    publish();
    catches_up_ = false;
  }
  changed_.notify_all();
  if (!published.empty()) forget_removed_marks(*published.back().state);
}

void ContentLoader::Work::make_ready(const scene::LiveStatePtr& state) {
  update_context(*state);
  move_exiting(state);
  make_quick(state);
  scale_all(*state);
  const std::lock_guard lock(mutex_);
  queue_slow(state);
  forget_absent(*state);
}

void ContentLoader::Work::update_context(const scene::LiveState& state) {
  {
    const std::lock_guard lock(mutex_);
    frame_size_ = scene::frame_size_of(state);
    if (context_ != nullptr && context_->suit(state.scene)) return;
  }
  auto settings = scene::settings_of(state.scene, options_.folder);
  AssetFiles font_files = identified(fonts_of(settings));
  auto rasterizer = std::make_shared<content::Rasterizer>(settings);
  auto context = std::make_shared<const ContentContext>(std::move(settings), options_.sources,
                                                        pool_, state.epoch);
  const std::lock_guard lock(mutex_);
  context_ = std::move(context);
  frame_rasterizer_ = std::move(rasterizer);
  font_files_ = std::move(font_files);
}

bool ContentLoader::Work::is_ready(const std::string& name, const SharedLayer& shared) const {
  const auto known = ready_.entries.find(name);
  return known != ready_.entries.end() && !known->second.is_stale &&
         same_content(known->second.shared, shared) &&
         has_filters_of(*known->second.content, shared) && is_at_its_time(known->second, shared) &&
         (known->second.context == context_ || is_video(*shared.layer));
}

// An exiting layer keeps its content; a new layer with the same id gets its own content.
void ContentLoader::Work::move_exiting(const scene::LiveStatePtr& state) {
  const std::lock_guard lock(mutex_);
  for (const Wanted& each : layers_of(*state, options_.clock->next_frame_time())) {
    const std::string& id = each.shared.layer->id;
    const auto known = ready_.entries.find(id);
    const bool exits = each.name != id && !ready_.entries.contains(each.name);
    if (!exits || known == ready_.entries.end()) continue;
    if (!same_content(known->second.shared, each.shared)) continue;
    ready_.entries[each.name] = std::move(known->second);
    ready_.entries.erase(known);
  }
}

void ContentLoader::Work::make_quick(const scene::LiveStatePtr& state) {
  const auto wanted = layers_of(*state, options_.clock->next_frame_time());
  for (const Wanted& each : wanted) {
    const scene::Layer& layer = *each.shared.layer;
    ContentContextPtr context;
    std::string reported;
    {
      const std::lock_guard lock(mutex_);
      const auto known = ready_.entries.find(each.name);
      const bool is_at_hand = known != ready_.entries.end() && !known->second.is_stale &&
                              is_change_of_state(*known->second.shared.layer, layer);
      if ((!is_quick(layer) && !is_at_hand) || is_ready(each.name, each.shared)) continue;
      if (is_held(each.name, each.shared)) continue;
      context = context_;
      reported = ready_.failure_of(each.name);
    }
    MadeContent made = make(quick_builder_, context, each.shared.running(), reported);
    const std::lock_guard lock(mutex_);
    jobs_.erase(each.name);
    land_or_hold(each.name, waits_for_mask(wanted, each), {each.shared, std::move(made), context});
  }
}

void ContentLoader::Work::queue_slow(const scene::LiveStatePtr& state) {
  const base::Duration now = options_.clock->next_frame_time();
  const std::vector<Wanted> wanted = layers_of(*state, now);
  for (const Wanted& each : wanted) {
    const scene::Layer& layer = *each.shared.layer;
    const bool shows = !scene::is_gone(each.shared.running(), now);
    if (is_ready(each.name, each.shared)) {
      if (!waits_for_mask(wanted, each)) ready_.entries[each.name].shared = each.shared;
      jobs_.erase(each.name);
    } else if (is_held(each.name, each.shared)) {
      held_.find(each.name)->second.shared = each.shared;
      jobs_.erase(each.name);
    } else if (!is_quick(layer) && (shows || !is_video(layer))) {
      const auto [job, is_new] = jobs_.try_emplace(each.name);
      if (is_new) job->second.since = state->revision;
      const auto ready = ready_.entries.find(each.name);
      job->second.reloads = ready != ready_.entries.end() && ready->second.is_stale &&
                            same_content(ready->second.shared, each.shared) &&
                            has_filters_of(*ready->second.content, each.shared);
      auto& known = job->second.shared;
      if (!known || !same_job(*known, each.shared)) job->second.is_under_way = false;
      job->second.kind = reads_pictures_from_web(layer) ? JobKind::kRemote : JobKind::kLocal;
      known = each.shared;
    }
  }
  update_held(wanted);
}

// Whether the image of the layer's mask is not loaded yet: until then, the layer keeps its former
// look. Requires mutex_.
bool ContentLoader::Work::waits_for_mask(const std::vector<Wanted>& wanted,
                                         const Wanted& layer) const {
  const auto& mask = layer.shared.layer->mask;
  if (!mask || !mask->source) return false;
  const auto image = std::ranges::find(wanted, render::mask_name(layer.name), &Wanted::name);
  if (image == wanted.end()) return false;
  // One that is loaded again after its file changed is there.
  const auto known = ready_.entries.find(image->name);
  return known == ready_.entries.end() || !same_content(known->second.shared, image->shared);
}

// Shows masked layers whose masks have been loaded. Requires mutex_.
void ContentLoader::Work::adopt_masked(const scene::LiveState& state) {
  const auto wanted = layers_of(state, options_.clock->next_frame_time());
  for (const Wanted& each : wanted) {
    const auto& mask = each.shared.layer->mask;
    const bool has_image = mask && mask->source;
    if (!has_image || waits_for_mask(wanted, each) || !is_ready(each.name, each.shared)) continue;
    ready_.entries[each.name].shared = each.shared;
  }
}

// `wanted` with the images of masks that only the former looks of layers need, just before those.
// Requires mutex_.
std::vector<Wanted> ContentLoader::Work::with_former_masks(std::vector<Wanted> wanted) const {
  std::vector<Wanted> all;
  for (Wanted& each : wanted) {
    const auto look = ready_.entries.find(each.name);
    const bool has_image = look != ready_.entries.end() && look->second.shared.layer->mask &&
                           look->second.shared.layer->mask->source;
    const auto image = ready_.entries.find(render::mask_name(each.name));
    const bool is_wanted = !all.empty() && all.back().name == render::mask_name(each.name);
    if (has_image && !is_wanted && image != ready_.entries.end()) {
      all.push_back({image->first, image->second.shared, each.index, each.exits, true});
    }
    all.push_back(std::move(each));
  }
  return all;
}

void ContentLoader::Work::forget_absent(const scene::LiveState& state) {
  const auto wanted = layers_of(state, options_.clock->next_frame_time());
  const auto is_absent_in = [](const std::vector<Wanted>& layers) {
    return [&](const auto& entry) {
      return std::ranges::find(layers, entry.first, &Wanted::name) == layers.end();
    };
  };
  std::erase_if(ready_.entries, is_absent_in(with_former_masks(wanted)));
  std::erase_if(jobs_, is_absent_in(wanted));
  std::erase_if(held_, is_absent_in(wanted));
  std::set<std::string_view> layers;
  for (const Wanted& each : wanted) layers.insert(each.shared.layer->id);
  std::erase_if(costs_, [&](const auto& entry) {
    const bool is_gone = !layers.contains(entry.first);
    if (is_gone) options_.metrics->remove("layer", entry.first);
    return is_gone;
  });
}

// What counts the costs of a layer. Requires mutex_.
std::shared_ptr<const render::LayerCost> ContentLoader::Work::cost_of(const std::string& layer) {
  auto& cost = costs_[layer];
  if (cost != nullptr) return cost;
  const auto counter = [&](const char* stage) {
    return options_.metrics->counter({"layer_cpu_seconds_total",
                                      "CPU time that a layer costs, estimated from one of 31 "
                                      "frames, by stage."},
                                     {{"layer", layer}, {"stage", stage}});
  };
  cost = std::make_shared<const render::LayerCost>(
      render::LayerCost{counter("prepare"), counter("compose")});
  return cost;
}

// What masks each layer: its former look while its new content is not ready. Requires mutex_.
// Ownership: the names of the layers refer to `wanted`.
std::map<std::string_view, std::string> ContentLoader::Work::masks_among(
    const std::vector<Wanted>& wanted) const {
  std::map<std::string_view, std::string> masks;
  for (const Wanted& each : wanted) {
    const auto ready = ready_.entries.find(each.name);
    const bool is_known = ready != ready_.entries.end();
    const scene::Layer& look = is_known ? *ready->second.shared.layer : *each.shared.layer;
    masks[each.name] = mask_of(wanted, each, look);
  }
  return masks;
}

SceneViewPtr ContentLoader::Work::view_of(const scene::LiveState& state) {
  auto view = std::make_shared<SceneView>();
  view->settings = scene::settings_of(state.scene, options_.folder);
  view->frame_size = scene::frame_size_of(state);
  view->rasterizer = frame_rasterizer_;
  view->resampled = resampled_;
  view->revision = shown_revision(state);
  const base::Duration now = options_.clock->next_frame_time();
  const std::vector<Wanted> wanted = with_former_masks(layers_of(state, now));
  const std::map<std::string_view, std::string> masks = masks_among(wanted);
  std::set<std::string_view> used;
  for (const auto& [name, mask] : masks) used.insert(mask);
  for (const Wanted& each : wanted) {
    const auto ready = ready_.entries.find(each.name);
    if (scene::is_gone(each.shared.running(), now) || ready == ready_.entries.end()) continue;
    // The previous look, if the new content is not ready; `ready` has the matching layer.
    auto layer = shown(ready->second, each, state.scene.defaults);
    if (!layer) continue;
    layer->is_mask = each.is_mask || used.contains(each.name);
    layer->mask = masks.at(each.name);
    layer->cost = cost_of(std::string(render::owner_of(layer->layer->id)));
    view->layers.push_back(*std::move(layer));
  }
  std::ranges::stable_sort(view->layers, {},
                           [](const render::ShownLayer& s) { return s.layer->z_index; });
  return view;
}

// What is shown of a layer; nullopt: nothing, because its content failed.
std::optional<render::ShownLayer> ContentLoader::Work::shown(const ReadyContents::Entry& ready,
                                                             const Wanted& wanted,
                                                             const scene::LayerDefaults& defaults) {
  const auto on_error = scene::on_error_of(*ready.shared.layer, defaults, scene::OnError::kKeep);
  if (!ready.has_failed || on_error == scene::OnError::kErrorPicture) {
    return render::ShownLayer{ready.shared.layer, ready.shared.run, wanted.index,
                              ready.content,      wanted.name,      false,
                              ready.former};
  }
  if (on_error == scene::OnError::kHide || !ready.kept) return std::nullopt;
  const SharedLayer shared = with_content_of(ready.shared, ready.kept->shared);
  return render::ShownLayer{shared.layer, shared.run, wanted.index, ready.kept->content,
                            wanted.name};
}

std::vector<LayerFailure> ContentLoader::Work::failures() const {
  const std::lock_guard lock(mutex_);
  std::vector<LayerFailure> failures;
  for (const auto& [name, ready] : ready_.entries) {
    const std::string& id = ready.shared.layer->id;
    if (name != id || !ready.error) continue;  // an exiting layer has another name
    failures.push_back(
        {LayerFailure::Kind::kContent, std::string(render::owner_of(id)), *ready.error});
  }
  return failures;
}

// The newest revision up to which all visible layers are ready.
int64_t ContentLoader::Work::shown_revision(const scene::LiveState& state) const {
  int64_t revision = state.revision;
  for (const auto& [id, job] : jobs_) {
    const bool holds_up = job.shared->layer->visible && !job.reloads;
    if (holds_up) revision = std::min(revision, job.since - 1);
  }
  return revision;
}

// Only the contents of the newest state are known; the views of earlier states are kept.
void ContentLoader::Work::publish() {
  std::deque<TimedView> views;
  for (const layers::Published& each : taken_) {
    const auto known = std::ranges::find(views_, each.state, &TimedView::state);
    const bool is_newest = &each == &taken_.back();
    SceneViewPtr view = is_newest || known == views_.end() ? view_of(*each.state) : known->view;
    const auto gone_from = first_gone_from(*view);
    views.push_back({each.state, std::move(view), each.show_from, gone_from});
  }
  views_ = std::move(views);
  note_shown();
}

SceneViewPtr ContentLoader::Work::view_at(base::Duration time) {
  bool is_news = options_.layers->take_newer(seen_version_);
  SceneViewPtr view;
  {
    const std::lock_guard lock(mutex_);
    for (const TimedView& each : views_) {
      if (view != nullptr && each.show_from > time) continue;
      view = each.view;
      // The layer is gone; its content is released.
      if (&each == &views_.back() && each.gone_from && *each.gone_from <= time) is_news = true;
    }
    has_news_ = has_news_ || is_news;
  }
  // A scheduled command is shown before subscribers are notified.
  if (is_news) changed_.notify_all();
  return view;
}

// Videos have stood still while nothing was rendered.
void ContentLoader::Work::catch_up(base::Duration patience) {
  std::unique_lock lock(mutex_);
  for (auto& [name, entry] : ready_.entries) entry.is_shown = false;
  catches_up_ = true;
  changed_.notify_all();
  options_.clock->host().wait_for(lock, changed_, patience, [this] {
    return stops_ || stops_waiting_ || (!catches_up_ && jobs_.empty());
  });
}

void ContentLoader::Work::wait_until_ready(base::Duration patience) {
  std::unique_lock lock(mutex_);
  options_.clock->host().wait_for(lock, changed_, patience, [this] {
    return stops_ || stops_waiting_ ||
           (!taken_.empty() &&
            shown_revision(*taken_.back().state) == taken_.back().state->revision);
  });
}

void ContentLoader::Work::stop_waiting() {
  const std::lock_guard lock(mutex_);
  stops_waiting_ = true;
  changed_.notify_all();
}

ContentLoader::ContentLoader(ContentLoaderOptions options)
    : work_(std::make_unique<Work>(std::move(options))) {}
ContentLoader::~ContentLoader() = default;

void ContentLoader::wait_until_ready(base::Duration patience) { work_->wait_until_ready(patience); }

void ContentLoader::catch_up(base::Duration patience) { work_->catch_up(patience); }

void ContentLoader::stop_waiting() { work_->stop_waiting(); }

SceneViewPtr ContentLoader::view_at(base::Duration time) { return work_->view_at(time); }
std::vector<LayerFailure> ContentLoader::failures() const { return work_->failures(); }
bool ContentLoader::release(const std::string& layer) { return work_->release(layer); }

}  // namespace layercast::stream
