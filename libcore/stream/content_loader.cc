#include "stream/content_loader.h"

#include "base/thread_name.h"
#include "base/thread_urgency.h"
#include "base/trace.h"
#include "content/animation/picture_pool.h"
#include "render/evaluate.h"
#include "render/sampling_plan.h"
#include "scene/live/showing.h"
#include "scene/model/scene_settings.h"
#include "stream/content_builder.h"
#include "stream/wanted_layers.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace layercast::stream {
namespace {

using render::LayerContentPtr;
using render::SceneView;
using render::SceneViewPtr;

constexpr int kImageThreads = 2;

// The time at which the first layer of the view is gone.
std::optional<base::Duration> first_gone_from(const SceneView& view) {
  std::optional<base::Duration> first;
  for (const render::ShownLayer& shown : view.layers) {
    const auto gone_from = scene::gone_from(shown.running());
    if (gone_from && (!first || *gone_from < *first)) first = gone_from;
  }
  return first;
}

render::Stage stage_of(base::SizeI canvas, base::SizeI frame) {
  return {canvas, render::frame_from_canvas(canvas, frame)};
}

}  // namespace

class ContentLoader::Work {
 public:
  explicit Work(ContentLoaderOptions options);
  ~Work();

  void wait_until_ready(base::Duration patience);
  SceneViewPtr view_at(base::Duration time);
  std::vector<LayerFailure> failures() const;

 private:
  // A content that was loaded, and its layer.
  struct Loaded {
    SharedLayer shared;
    LayerContentPtr content;
  };
  // A layer that is ready to be shown.
  struct Ready {
    SharedLayer shared;
    LayerContentPtr content;
    ContentContextPtr context;
    std::optional<Loaded> kept = std::nullopt;  ///< the last one without an error
  };
  struct Job {
    std::optional<SharedLayer> shared;
    int64_t since = 0;  ///< the revision that changed this layer
    bool is_under_way = false;
  };
  struct TimedView {
    scene::LiveStatePtr state;
    SceneViewPtr view;
    base::Duration show_from;
    std::optional<base::Duration> gone_from = std::nullopt;  ///< when a layer in it is gone
  };
  using NamedJob = std::pair<const std::string, Job>;

  void watch();
  void load_images();
  bool take_newest();
  void process_states(const std::vector<layers::Published>& published);
  void make_ready(const scene::LiveStatePtr& state);
  void update_context(const scene::LiveState& state);
  bool is_ready(const std::string& name, const SharedLayer& shared) const;
  void move_exiting(const scene::LiveStatePtr& state);
  void make_quick(const scene::LiveStatePtr& state);
  void queue_slow(const scene::LiveStatePtr& state);
  void forget_absent(const scene::LiveState& state);
  void set_ready(const std::string& name, Ready ready);
  std::optional<render::ShownLayer> shown(const Ready& ready, size_t index,
                                          const scene::LayerDefaults& defaults) const;
  LayerContentPtr make(ContentBuilder& builder, const ContentContextPtr& context,
                       const scene::RunningLayer& layer);
  void scale(const SharedLayer& shared, const render::LayerContent& content,
             const render::Stage& stage);
  void scale_all(const scene::LiveState& state);
  NamedJob* next_job();
  SceneViewPtr view_of(const scene::LiveState& state) const;
  int64_t shown_revision(const scene::LiveState& state) const;
  void publish();

  const ContentLoaderOptions options_;
  const std::shared_ptr<render::ResampledPictures> resampled_;
  const std::shared_ptr<content::PicturePool> pool_ = std::make_shared<content::PicturePool>();
  std::shared_ptr<base::Counter> failures_;
  std::shared_ptr<base::Histogram> seconds_;
  ContentBuilder quick_builder_;  ///< of the watching thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  // The members below are guarded by mutex_.
  bool stops_ = false;
  bool has_news_ = false;
  std::vector<layers::Published> taken_;  ///< the states to show, as last seen
  ContentContextPtr context_;
  base::SizeI frame_size_;
  std::shared_ptr<content::Rasterizer> frame_rasterizer_;
  std::map<std::string, Ready> ready_;
  std::map<std::string, Job> jobs_;
  std::deque<TimedView> views_;  ///< of `taken_`

  uint64_t seen_version_ = 0;  ///< Thread: render
  std::unique_ptr<layers::Subscription> subscription_;
  std::vector<std::thread> threads_;
};

ContentLoader::Work::Work(ContentLoaderOptions options)
    : options_(std::move(options)), resampled_(std::make_shared<render::ResampledPictures>()) {
  failures_ = options_.metrics->counter(
      {"content_failures_total", "Contents that could not be loaded; the error picture is shown."});
  seconds_ = options_.metrics->histogram(
      {"content_load_seconds", "Time to load the content of a layer."}, base::seconds_bounds());
  subscription_ = options_.layers->subscribe([this](const layers::Change&) {
    {
      const std::lock_guard lock(mutex_);
      has_news_ = true;
    }
    changed_.notify_all();
  });
  threads_.push_back(base::named_thread("content-watch", [this] { watch(); }));
  for (int i = 0; i < kImageThreads; ++i) {
    threads_.push_back(base::named_thread("content-loader", [this] { load_images(); }));
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
}

void ContentLoader::Work::watch() {
  base::set_urgency(base::Urgency::kEncoding);
  while (take_newest()) {
    process_states(options_.layers->published());
    resampled_->forget_unused();
  }
}

// Waits for changes. False when the loader ends.
bool ContentLoader::Work::take_newest() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stops_ || has_news_; });
  has_news_ = false;
  return !stops_;
}

void ContentLoader::Work::process_states(const std::vector<layers::Published>& published) {
  for (const layers::Published& each : published) {
    const auto is_known = [&](const TimedView& known) { return known.state == each.state; };
    {
      const std::lock_guard lock(mutex_);
      if (std::ranges::any_of(views_, is_known)) continue;
    }
    make_ready(each.state);
    const std::lock_guard lock(mutex_);
    taken_.push_back(each);
    publish();
  }
  {
    const std::lock_guard lock(mutex_);
    taken_ = published;  // some are over
    if (!taken_.empty()) forget_absent(*taken_.back().state);
    publish();
  }
  changed_.notify_all();
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
  auto rasterizer = std::make_shared<content::Rasterizer>(settings);
  auto context = std::make_shared<const ContentContext>(std::move(settings), options_.open_feed,
                                                        pool_, state.epoch);
  const std::lock_guard lock(mutex_);
  context_ = std::move(context);
  frame_rasterizer_ = std::move(rasterizer);
}

bool ContentLoader::Work::is_ready(const std::string& name, const SharedLayer& shared) const {
  const auto known = ready_.find(name);
  return known != ready_.end() && same_content(known->second.shared, shared) &&
         has_filters_of(*known->second.content, shared) &&
         (known->second.context == context_ || is_video(*shared.layer));
}

// An exiting layer keeps its content; a new layer with the same id gets its own content.
void ContentLoader::Work::move_exiting(const scene::LiveStatePtr& state) {
  const std::lock_guard lock(mutex_);
  for (const Wanted& each : layers_of(*state, options_.clock->next_frame_time())) {
    const std::string& id = each.shared.layer->id;
    const auto known = ready_.find(id);
    const bool exits = each.name != id && !ready_.contains(each.name);
    if (!exits || known == ready_.end()) continue;
    if (!same_content(known->second.shared, each.shared)) continue;
    ready_[each.name] = std::move(known->second);
    ready_.erase(known);
  }
}

void ContentLoader::Work::make_quick(const scene::LiveStatePtr& state) {
  for (const Wanted& each : layers_of(*state, options_.clock->next_frame_time())) {
    const scene::Layer& layer = *each.shared.layer;
    ContentContextPtr context;
    {
      const std::lock_guard lock(mutex_);
      const auto known = ready_.find(each.name);
      const bool is_at_hand =
          known != ready_.end() && is_change_of_state(*known->second.shared.layer, layer);
      if ((!is_quick(layer) && !is_at_hand) || is_ready(each.name, each.shared)) continue;
      context = context_;
    }
    LayerContentPtr content = make(quick_builder_, context, each.shared.running());
    const std::lock_guard lock(mutex_);
    jobs_.erase(each.name);
    set_ready(each.name, {each.shared, std::move(content), std::move(context)});
  }
}

void ContentLoader::Work::queue_slow(const scene::LiveStatePtr& state) {
  const base::Duration now = options_.clock->next_frame_time();
  for (const Wanted& each : layers_of(*state, now)) {
    const scene::Layer& layer = *each.shared.layer;
    const bool shows = !scene::is_gone(each.shared.running(), now);
    if (is_ready(each.name, each.shared)) {
      ready_[each.name].shared = each.shared;
      jobs_.erase(each.name);
    } else if (!is_quick(layer) && (shows || !is_video(layer))) {
      const auto [job, is_new] = jobs_.try_emplace(each.name);
      if (is_new) job->second.since = state->revision;
      auto& known = job->second.shared;
      if (!known || !same_job(*known, each.shared)) job->second.is_under_way = false;
      known = each.shared;
    }
  }
}

void ContentLoader::Work::forget_absent(const scene::LiveState& state) {
  const auto wanted = layers_of(state, options_.clock->next_frame_time());
  const auto is_absent = [&](const auto& entry) {
    return std::ranges::find(wanted, entry.first, &Wanted::name) == wanted.end();
  };
  std::erase_if(ready_, is_absent);
  std::erase_if(jobs_, is_absent);
}

// Keeps the content that is shown in place of one that failed. Requires mutex_.
void ContentLoader::Work::set_ready(const std::string& name, Ready ready) {
  Ready& known = ready_[name];
  if (ready.content->error && known.content != nullptr) {
    ready.kept = known.content->error ? std::move(known.kept)
                                      : std::optional(Loaded{known.shared, known.content});
  }
  known = std::move(ready);
}

LayerContentPtr ContentLoader::Work::make(ContentBuilder& builder, const ContentContextPtr& context,
                                          const scene::RunningLayer& layer) {
  const auto began = std::chrono::steady_clock::now();
  const base::Duration now = options_.clock->next_frame_time();
  const base::FrameRate rate = options_.clock->rate();
  LayerContentPtr content = builder.make(
      context, layer, {rate.index_at(now), rate, context->epoch, layer.run.start.value_or(now)});
  if (content->moving != nullptr) {
    // Decodes the first picture in advance; its errors are reported when it is shown.
    const base::Duration start = layer.run.start.value_or(now);
    std::vector<content::Part> parts;
    [[maybe_unused]] const auto first = content->moving->show(
        base::SceneTime{now.count(), 1'000'000'000}.since(start), frame::Patience::kWaits, parts);
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - began;
  seconds_->observe(taken.count());
  base::trace("content", [&] {
    return layer.layer.id + (content->error ? ": failed after " : ": made in ") +
           std::to_string(taken.count()) + " s";
  });
  if (content->error) {
    failures_->add();
    options_.on_failure(layer.layer.id, *content->error);
  }
  return content;
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
  const auto placed = render::placed_at(settled, content.raster->box, {&part, 1}, time, stage);
  if (!placed) return;
  const render::LayerSampling sampling = render::layer_sampling(settled, content, time);
  // Only the cache is needed, not the item.
  static_cast<void>(render::sampled_item(settled_layer, *placed, part, sampling, *resampled_));
}

void ContentLoader::Work::scale_all(const scene::LiveState& state) {
  const render::Stage stage = stage_of(state.scene.canvas.size, scene::frame_size_of(state));
  for (const auto& layer : state.scene.layers) {
    const SharedLayer shared{layer, state.run.layers.of(layer->id)};
    LayerContentPtr content;
    {
      const std::lock_guard lock(mutex_);
      if (is_ready(layer->id, shared)) content = ready_.find(layer->id)->second.content;
    }
    if (content != nullptr) scale(shared, *content, stage);
  }
}

ContentLoader::Work::NamedJob* ContentLoader::Work::next_job() {
  for (NamedJob& job : jobs_) {
    if (!job.second.is_under_way) return &job;
  }
  return nullptr;
}

void ContentLoader::Work::load_images() {
  base::set_urgency(base::Urgency::kEncoding);  // decoders of videos inherit it
  ContentBuilder builder;
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stops_ || next_job() != nullptr; });
    if (stops_) return;
    NamedJob& job = *next_job();
    job.second.is_under_way = true;
    const std::string name = job.first;
    const SharedLayer shared = *job.second.shared;
    const ContentContextPtr context = context_;
    const render::Stage stage = stage_of(context->settings.canvas.size, frame_size_);
    lock.unlock();
    LayerContentPtr content = make(builder, context, shared.running());
    scale(shared, *content, stage);
    lock.lock();
    const auto wanted = jobs_.find(name);
    const bool is_wanted = wanted != jobs_.end() && same_job(*wanted->second.shared, shared);
    if (!is_wanted) continue;
    set_ready(name, {*wanted->second.shared, std::move(content), context});
    jobs_.erase(wanted);
    publish();
    changed_.notify_all();
  }
}

SceneViewPtr ContentLoader::Work::view_of(const scene::LiveState& state) const {
  auto view = std::make_shared<SceneView>();
  view->settings = scene::settings_of(state.scene, options_.folder);
  view->frame_size = scene::frame_size_of(state);
  view->rasterizer = frame_rasterizer_;
  view->resampled = resampled_;
  view->revision = shown_revision(state);
  const base::Duration now = options_.clock->next_frame_time();
  for (const Wanted& each : layers_of(state, now)) {
    const auto ready = ready_.find(each.name);
    if (scene::is_gone(each.shared.running(), now) || ready == ready_.end()) continue;
    // The previous look, if the new content is not ready; `ready` has the matching layer.
    auto layer = shown(ready->second, each.index, state.scene.defaults);
    if (layer) view->layers.push_back(*std::move(layer));
  }
  std::ranges::stable_sort(view->layers, {},
                           [](const render::ShownLayer& s) { return s.layer->z_index; });
  return view;
}

// What is shown of a layer; nullopt: nothing, because its content failed.
std::optional<render::ShownLayer> ContentLoader::Work::shown(
    const Ready& ready, size_t index, const scene::LayerDefaults& defaults) const {
  const auto on_error = scene::on_error_of(*ready.shared.layer, defaults, scene::OnError::kKeep);
  if (!ready.content->error || on_error == scene::OnError::kErrorPicture) {
    return render::ShownLayer{ready.shared.layer, ready.shared.run, index, ready.content};
  }
  if (on_error == scene::OnError::kHide || !ready.kept) return std::nullopt;
  const SharedLayer shared = with_content_of(ready.shared, ready.kept->shared);
  return render::ShownLayer{shared.layer, shared.run, index, ready.kept->content};
}

std::vector<LayerFailure> ContentLoader::Work::failures() const {
  const std::lock_guard lock(mutex_);
  std::vector<LayerFailure> failures;
  for (const auto& [name, ready] : ready_) {
    const std::string& id = ready.shared.layer->id;
    if (name != id || !ready.content->error) continue;  // an exiting layer has another name
    failures.push_back({LayerFailure::Kind::kContent, id, *ready.content->error});
  }
  return failures;
}

// The newest revision up to which all visible layers are ready.
int64_t ContentLoader::Work::shown_revision(const scene::LiveState& state) const {
  int64_t revision = state.revision;
  for (const auto& [id, job] : jobs_) {
    if (job.shared->layer->visible) revision = std::min(revision, job.since - 1);
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

void ContentLoader::Work::wait_until_ready(base::Duration patience) {
  std::unique_lock lock(mutex_);
  options_.clock->host().wait_for(lock, changed_, patience, [this] {
    return stops_ || (!taken_.empty() &&
                      shown_revision(*taken_.back().state) == taken_.back().state->revision);
  });
}

ContentLoader::ContentLoader(ContentLoaderOptions options)
    : work_(std::make_unique<Work>(std::move(options))) {}
ContentLoader::~ContentLoader() = default;

void ContentLoader::wait_until_ready(base::Duration patience) { work_->wait_until_ready(patience); }

SceneViewPtr ContentLoader::view_at(base::Duration time) { return work_->view_at(time); }
std::vector<LayerFailure> ContentLoader::failures() const { return work_->failures(); }

}  // namespace layercast::stream
