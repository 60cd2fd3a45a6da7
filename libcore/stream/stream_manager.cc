#include "stream/stream_manager.h"

#include "base/redaction.h"
#include "base/thread_name.h"
#include "base/thread_urgency.h"
#include "media/out/audio_encoder.h"
#include "render/renderer.h"
#include "scene/live/animation_folding.h"
#include "stream/content_loader.h"
#include "stream/encoding_set.h"
#include "stream/frame_ledger.h"
#include "stream/live_soundtrack.h"
#include "stream/report_queue.h"
#include "stream/source_meters.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace layercast::stream {
namespace {

base::Error lost_reports(int64_t count) {
  return base::internal_error(std::to_string(count) +
                              " reports were dropped: the log or a listener was too slow");
}

using scene::Transmission;
using TimePoint = base::Clock::time_point;
using Seconds = std::chrono::duration<double>;

constexpr base::Duration kReadyPatience = std::chrono::seconds(5);
constexpr base::Duration kFinishPatience = std::chrono::seconds(2);
// How often failed encoders are checked without a change of the scene.
constexpr base::Duration kCareInterval = std::chrono::seconds(1);

PictureShape shape_of(const render::SceneView& view) {
  return {view.frame_size, view.settings.canvas.fps};
}

// Adds reports for outputs of the state that are not open: not yet, or not while it is stopped.
void add_absent_outputs(const scene::LiveState& state,
                        std::vector<media::LiveOutputReport>& reports) {
  for (const scene::Output& output : state.scene.outputs) {
    if (std::ranges::find(reports, output.id, &media::LiveOutputReport::id) != reports.end()) {
      continue;
    }
    media::LiveOutputReport report;
    report.id = output.id;
    report.url = base::redacted_url(output.url, base::UrlUse::kOutput);
    report.state = state.transmission == Transmission::kStopped ? media::OutputState::kStopped
                                                                : media::OutputState::kConnecting;
    reports.push_back(std::move(report));
  }
}

}  // namespace

class StreamManager::Work {
 public:
  explicit Work(StreamOptions options);
  ~Work();

  StreamStatus status() const;
  std::vector<LayerFailure> failures() const;
  bool release(const std::string& layer) { return loader_->release(layer); }
  FrameTap& tap() { return tap_; }
  void end_for_good() { end_ = media::StreamEnd::kForGood; }

 private:
  // Thread: render.
  void render_frames();
  bool wait_until(TimePoint time);
  bool wait_until_on_air();
  int64_t skip_late(int64_t index);
  void show_newest(int64_t index);
  void reshape(const render::SceneViewPtr& view);
  void use_format_of_encoders();
  void render_one(int64_t index);
  frame::FramePtr picture(int64_t index);
  void hand_over(const frame::FramePtr& frame, int64_t index);
  void note_renderer(const render::Renderer& renderer);
  void note_failing(render::Renderer& renderer);
  void note_animations(int64_t index);

  // Thread: the follower.
  void follow_layers();
  bool wait_for_change();

  // Thread: any. Neither waits for the listeners of the options.
  void report_error(const std::string& layer, const base::Error& error);
  void report_remark(const std::string& layer, const std::string& remark);
  void report_output(const media::LiveOutputReport& report);
  void follow_soon(std::optional<Transmission> transmission = {});

  const StreamOptions options_;
  base::Clock& host_;
  ReportQueue reports_;
  FrameLedger ledger_;
  FrameTap tap_;
  LiveSoundtrack soundtrack_;
  EncodingSet encodings_;
  std::unique_ptr<ContentLoader> loader_;
  std::shared_ptr<base::Gauge> pool_bytes_;
  std::shared_ptr<base::Gauge> pool_frames_;
  std::shared_ptr<base::Counter> compose_seconds_;
  std::shared_ptr<base::Counter> convert_seconds_;
  std::shared_ptr<base::Histogram> compose_times_;
  std::shared_ptr<base::Histogram> convert_times_;
  std::array<std::shared_ptr<base::Counter>, render::kCacheKinds> hits_;
  std::array<std::shared_ptr<base::Counter>, render::kCacheKinds> misses_;
  std::shared_ptr<base::Gauge> animations_;

  std::atomic<Transmission> transmission_ = Transmission::kStopped;
  std::atomic<int64_t> newest_index_ = -1;
  /// Of the host clock, at that frame's handover; before the first frame, at the start.
  std::atomic<int64_t> newest_ticks_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stops_ = false;                 ///< with the lock
  bool has_change_ = true;             ///< with the lock
  std::vector<LayerFailure> failing_;  ///< with the lock: in the newest frame
  std::atomic<media::StreamEnd> end_ = media::StreamEnd::kToBeContinued;

  // Thread: render.
  std::unique_ptr<render::Renderer> renderer_;
  render::SceneViewPtr view_;
  PictureShape shape_;
  frame::PixelFormat format_ = frame::PixelFormat::kYuv420p;
  frame::FramePtr last_;
  bool is_abandoned_ = false;   ///< the present frame: the last one is repeated
  int64_t encoder_offset_ = 0;  ///< added to a frame's index for the encoders
  int64_t encoder_index_ = -1;  ///< the last index passed to them
  int64_t noted_revision_ = 0;
  render::RenderStats render_stats_;
  compose::ComposeStats compose_stats_;

  std::unique_ptr<layers::Subscription> subscription_;
  std::thread follower_;
  std::thread render_thread_;
};

StreamManager::Work::Work(StreamOptions options)
    : options_(std::move(options)),
      host_(options_.clock->host()),
      reports_([this](int64_t lost) { options_.on_error("", lost_reports(lost)); }),
      ledger_(*options_.metrics),
      tap_(&host_),
      soundtrack_({options_.layers, options_.clock, options_.metrics, options_.folder,
                   [this](const auto& layer, const auto& error) { report_error(layer, error); }}),
      encodings_(*options_.metrics, options_.folder,
                 {[this](const auto& report) { report_output(report); },
                  [this](const base::Error& error) { report_error("", error); }},
                 soundtrack_.sound(), &host_) {
  base::Metrics& metrics = *options_.metrics;
  pool_bytes_ = metrics.gauge({"frame_pool_bytes", "Memory of the frames in the pool."});
  pool_frames_ = metrics.gauge({"frame_pool_frames", "Frames allocated by the pool."});
  compose_seconds_ = metrics.counter(
      {"composite_cpu_seconds_total", "CPU time of composing, summed over threads."});
  convert_seconds_ = metrics.counter(
      {"convert_cpu_seconds_total", "CPU time of converting to the encoder's format."});
  compose_times_ = metrics.histogram(
      {"composite_seconds", "CPU time of composing a frame, summed over threads."},
      base::seconds_bounds());
  convert_times_ = metrics.histogram(
      {"convert_seconds",
       "CPU time of converting a frame to the encoder's format, summed over threads."},
      base::seconds_bounds());
  for (size_t i = 0; i < render::kCacheKinds; ++i) {
    const std::string kind(render::name_of(static_cast<render::CacheKind>(i)));
    hits_.at(i) = metrics.counter(
        {"content_cache_hits_total", "Pictures of layers that were shown again, by kind."},
        {{"kind", kind}});
    misses_.at(i) = metrics.counter(
        {"content_cache_misses_total", "Pictures of layers that were made, by kind."},
        {{"kind", kind}});
  }
  animations_ = metrics.gauge({"animations_active", "Animations of visible layers that play."});
  loader_ = std::make_unique<ContentLoader>(ContentLoaderOptions{
      options_.layers,
      options_.clock,
      options_.metrics,
      options_.folder,
      {options_.open_feed, [this](const auto& of) { return soundtrack_.open_probe(of); }},
      [this](const auto& layer, const auto& error) { report_error(layer, error); },
      [this](const auto& layer, const auto& remark) { report_remark(layer, remark); },
      options_.marks});
  transmission_ = options_.layers->current()->transmission;
  newest_ticks_ = host_.now().time_since_epoch().count();
  subscription_ = options_.layers->subscribe(
      [this](const layers::Change& change) { follow_soon(change.state->transmission); });
  follower_ = base::named_thread("outputs", [this] { follow_layers(); });
  render_thread_ = base::named_thread("render", [this] { render_frames(); });
}

StreamManager::Work::~Work() {
  subscription_.reset();
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  loader_->stop_waiting();
  render_thread_.join();
  follower_.join();
  encodings_.finish(kFinishPatience, end_);
}

void StreamManager::Work::report_error(const std::string& layer, const base::Error& error) {
  reports_.post([this, layer, error] { options_.on_error(layer, error); });
}

void StreamManager::Work::report_remark(const std::string& layer, const std::string& remark) {
  if (!options_.on_remark) return;
  reports_.post([this, layer, remark] { options_.on_remark(layer, remark); });
}

void StreamManager::Work::report_output(const media::LiveOutputReport& report) {
  reports_.post([this, report] { options_.on_output(report); });
}

void StreamManager::Work::follow_soon(std::optional<Transmission> transmission) {
  {
    const std::lock_guard lock(mutex_);
    if (transmission) transmission_ = *transmission;
    has_change_ = true;
  }
  changed_.notify_all();
}

bool StreamManager::Work::wait_for_change() {
  std::unique_lock lock(mutex_);
  host_.wait_for(lock, changed_, kCareInterval, [this] { return stops_ || has_change_; });
  has_change_ = false;
  return !stops_;
}

void StreamManager::Work::follow_layers() {
  base::set_urgency(base::Urgency::kEncoding);  // inherited by the threads of encoders opened here
  SourceMeters sources(*options_.metrics, options_.folder);
  while (wait_for_change()) {
    const scene::LiveStatePtr state = options_.layers->current();
    encodings_.follow(*state);
    sources.update(*state, failures());
  }
}

// False when the transmission, or the manager, stops meanwhile.
bool StreamManager::Work::wait_until(TimePoint time) {
  std::unique_lock lock(mutex_);
  return !host_.wait_until(lock, changed_, time,
                           [this] { return stops_ || transmission_ == Transmission::kStopped; });
}

// False when the manager stops.
bool StreamManager::Work::wait_until_on_air() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return stops_ || transmission_ != Transmission::kStopped; });
  return !stops_;
}

void StreamManager::Work::render_frames() {
  loader_->wait_until_ready(kReadyPatience);
  bool has_stopped = false;
  while (wait_until_on_air()) {
    if (std::exchange(has_stopped, true)) loader_->catch_up(kReadyPatience);
    int64_t index = options_.clock->first_index_from(host_.now());
    newest_ticks_ = host_.now().time_since_epoch().count();
    while (wait_until(options_.clock->due(index))) {
      index = skip_late(index);
      const base::FrameRate rate = options_.clock->rate();
      show_newest(index);
      if (options_.clock->rate() != rate) {
        index = options_.clock->first_index_from(host_.now());
        continue;
      }
      render_one(index);
      ++index;
    }
  }
}

// The first frame from `index` whose interval has not passed.
int64_t StreamManager::Work::skip_late(int64_t index) {
  // The frame before the first one that begins after now: its interval has begun but not ended.
  const int64_t next = options_.clock->first_index_from(host_.now() + base::Duration(1));
  const int64_t present = std::max(index, next - 1);
  if (present > index) ledger_.count_dropped(DropReason::kLate, present - index);
  return present;
}

void StreamManager::Work::show_newest(int64_t index) {
  if (transmission_ == Transmission::kPaused && last_ != nullptr) return;
  render::SceneViewPtr view = loader_->view_at(options_.clock->time_of(index));
  if (view == nullptr || view == view_) return;
  const bool keeps_shape = renderer_ != nullptr && shape_of(*view) == shape_ &&
                           view->settings.canvas.size == view_->settings.canvas.size;
  if (!keeps_shape) {
    reshape(view);
  } else {
    renderer_->show(view);
  }
  view_ = std::move(view);
}

// Recreates the renderer for frames of another size or rate.
void StreamManager::Work::reshape(const render::SceneViewPtr& view) {
  const scene::LiveStatePtr state = options_.layers->current();
  render::RenderOptions rendering;
  format_ = encodings_.format();
  rendering.format = format_;
  rendering.size = view->frame_size;
  rendering.threads = options_.threads;
  rendering.clock_start = state->epoch;
  rendering.patience = render::Patience::kNone;
  rendering.frame_limit = options_.frame_limit;
  renderer_ = std::make_unique<render::Renderer>(view, rendering);
  render_stats_ = {};
  compose_stats_ = {};
  last_.reset();
  shape_ = shape_of(*view);
  encodings_.reshape(shape_);
  follow_soon();
  options_.clock->set_rate(shape_.rate);
  // The encoders' index continues without a gap at any rate.
  encoder_offset_ = encoder_index_ + 1 - options_.clock->first_index_from(host_.now());
}

frame::FramePtr StreamManager::Work::picture(int64_t index) {
  is_abandoned_ = false;
  if (transmission_ == Transmission::kPaused && last_ != nullptr) return last_;
  try {
    if (frame::FramePtr frame = renderer_->render(index)) return frame;
    is_abandoned_ = true;
    ledger_.count_dropped(DropReason::kAbandoned, 1);
    return last_;
  } catch (const std::exception& exception) {
    // Probably out of memory: repeat the last frame.
    ledger_.count_failed();
    report_error("", {base::ErrorCode::kInternal, exception.what(), "a frame", nullptr});
    return last_;
  }
}

void StreamManager::Work::use_format_of_encoders() {
  const frame::PixelFormat format = encodings_.format();
  if (format == format_) return;
  renderer_->set_format(format);
  compose_stats_ = {};
  last_.reset();
  format_ = format;
}

void StreamManager::Work::render_one(int64_t index) {
  if (renderer_ == nullptr) return;
  use_format_of_encoders();
  const auto began = std::chrono::steady_clock::now();
  const frame::FramePtr frame = picture(index);
  if (frame != nullptr) {
    const Seconds render_time = std::chrono::steady_clock::now() - began;
    const bool is_repeated = frame == last_;
    last_ = frame;
    hand_over(frame, index);
    const TimePoint done = host_.now();
    newest_ticks_ = done.time_since_epoch().count();
    ledger_.count({done, Seconds(done - options_.clock->due(index)).count(), render_time.count()},
                  is_repeated ? FrameLedger::Kind::kRepeated : FrameLedger::Kind::kNew);
  }
  for (const auto& failure : renderer_->take_failures()) {
    report_error(failure.layer, failure.error);
  }
  note_renderer(*renderer_);
  note_animations(index);
  if (renderer_->take_failing_change()) note_failing(*renderer_);
}

void StreamManager::Work::note_failing(render::Renderer& renderer) {
  std::vector<LayerFailure> failing;
  for (render::FailingLayer& each : renderer.failing()) {
    failing.push_back({each.is_lost ? LayerFailure::Kind::kFeed : LayerFailure::Kind::kContent,
                       std::move(each.layer), std::move(each.error)});
  }
  {
    const std::lock_guard lock(mutex_);
    failing_.swap(failing);
  }
  follow_soon();  // the states of the sources are exported
}

std::vector<LayerFailure> StreamManager::Work::failures() const {
  std::vector<LayerFailure> failures = loader_->failures();
  for (LayerFailure& each : soundtrack_.failures()) failures.push_back(std::move(each));
  if (transmission_ == Transmission::kStopped) return failures;  // no frame shows anything
  const std::lock_guard lock(mutex_);
  failures.insert(failures.end(), failing_.begin(), failing_.end());
  return failures;
}

void StreamManager::Work::hand_over(const frame::FramePtr& frame, int64_t index) {
  const int64_t encoder_index = std::max(index + encoder_offset_, encoder_index_ + 1);
  encoder_index_ = encoder_index;
  const int64_t sample = media::samples_until(index, options_.clock->rate());
  switch (encodings_.offer(frame, encoder_index, sample)) {
    case EncodingSet::Offered::kTaken:
      break;
    case EncodingSet::Offered::kFull:
      ledger_.count_dropped(DropReason::kEncoder, 1);
      break;
    case EncodingSet::Offered::kReopening:
      ledger_.count_dropped(DropReason::kReconfigure, 1);
      break;
  }
  tap_.offer(frame, index);
  newest_index_ = index;
  if (view_->revision > noted_revision_ && !is_abandoned_) {
    noted_revision_ = view_->revision;
    options_.layers->note_on_air(noted_revision_, index);
  }
}

void StreamManager::Work::note_renderer(const render::Renderer& renderer) {
  constexpr double kNanos = 1e-9;
  const auto since = [](int64_t now, int64_t before) { return static_cast<double>(now - before); };
  const render::RenderStats rendering = renderer.stats();
  const compose::ComposeStats& composing = renderer.compose_stats();
  const double composed =
      since(composing.compose_nanoseconds + composing.plan_nanoseconds,
            compose_stats_.compose_nanoseconds + compose_stats_.plan_nanoseconds) *
      kNanos;
  const double converted =
      since(composing.convert_nanoseconds, compose_stats_.convert_nanoseconds) * kNanos;
  compose_seconds_->add(composed);
  convert_seconds_->add(converted);
  compose_times_->observe(composed);
  convert_times_->observe(converted);
  for (size_t i = 0; i < render::kCacheKinds; ++i) {
    hits_.at(i)->add(since(rendering.caches.at(i).hits, render_stats_.caches.at(i).hits));
    misses_.at(i)->add(since(rendering.caches.at(i).misses, render_stats_.caches.at(i).misses));
  }
  render_stats_ = rendering;
  compose_stats_ = composing;
  pool_frames_->set(static_cast<double>(renderer.frames_made()));
  pool_bytes_->set(static_cast<double>(renderer.frame_bytes()));
}

// Counting takes a moment, so it is done once a second.
void StreamManager::Work::note_animations(int64_t index) {
  if (index % options_.clock->rate().frames_in(std::chrono::seconds(1)) != 0) return;
  const base::Duration now = options_.clock->time_of(index);
  int playing = 0;
  for (const render::ShownLayer& shown : view_->layers) {
    playing += scene::playing_animations(shown.running(), now);
  }
  animations_->set(playing);
}

StreamStatus StreamManager::Work::status() const {
  const FrameLedger::Summary summary = ledger_.summary(host_.now());
  StreamStatus status;
  status.transmission = transmission_;
  status.stream_time = options_.clock->now();
  status.frame = newest_index_;
  status.fps = summary.fps;
  status.rendered = summary.rendered;
  status.repeated = summary.repeated;
  status.dropped = summary.dropped;
  status.lateness_median = summary.lateness_median;
  status.lateness_p99 = summary.lateness_p99;
  status.lateness_max = summary.lateness_max;
  status.render_seconds = summary.render_seconds;
  status.outputs = encodings_.outputs();
  add_absent_outputs(*options_.layers->current(), status.outputs);
  status.encoder_failure = encodings_.failure();
  if (status.transmission != Transmission::kStopped) {
    status.behind = host_.now() - TimePoint(base::Duration(newest_ticks_));
  }
  return status;
}

std::optional<base::Error> objection_to(const scene::LiveState& state) {
  return EncodingSet::objection_to(state);
}

StreamManager::StreamManager(StreamOptions options)
    : work_(std::make_unique<Work>(std::move(options))) {}
StreamManager::~StreamManager() = default;

StreamStatus StreamManager::status() const { return work_->status(); }
std::vector<LayerFailure> StreamManager::failures() const { return work_->failures(); }
bool StreamManager::release(const std::string& layer) { return work_->release(layer); }
FrameTap& StreamManager::tap() { return work_->tap(); }
void StreamManager::end_for_good() { work_->end_for_good(); }

}  // namespace layercast::stream
