#include "tools/streamd/daemon.h"

#include "base/thread_name.h"
#include "base/thread_urgency.h"
#include "base/time.h"
#include "frame/image.h"
#include "scene/model/limits.h"
#include "scene/wire/json_codec.h"
#include "store/name_lock.h"
#include "tools/common/option_table.h"
#include "tools/common/values.h"
#include "tools/common/video_feeds.h"
#include "tools/streamd/scene_reload.h"
#include "tools/streamd/token_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <unistd.h>
#include <utility>
#include <variant>

namespace layercast::tools {
namespace {

std::string line_of(const media::LiveOutputReport& report) {
  std::string line = "output " + report.id + " (" + report.url + ") is " +
                     std::string(media::name_of(report.state));
  if (!report.error.empty()) line += ": " + report.error;
  return line;
}

LogLevel level_of(const media::LiveOutputReport& report) {
  const bool is_bad = report.state == media::OutputState::kFailed ||
                      report.state == media::OutputState::kReconnecting;
  return is_bad ? LogLevel::kWarning : LogLevel::kInfo;
}

std::string subject_of(const base::HealthProblem& problem) {
  return problem.subject.empty() ? std::string(base::name_of(problem.part))
                                 : std::string(base::name_of(problem.part)) + " " + problem.subject;
}

LogLevel level_of(const base::HealthProblem& problem) {
  if (problem.is_expected) return LogLevel::kDebug;
  return problem.severity == base::HealthState::kFailed ? LogLevel::kError : LogLevel::kWarning;
}

// Writes a file that only its user can read: stored states contain stream keys. The file survives a
// power cut, because the next commit removes its text from the state.
base::Result<void> write_private(const std::string& path, const std::string& text) {
  TRY_DO(store::make_private_folder(std::filesystem::path(path).parent_path().string()));
  return store::write_private_file(path, text);
}

std::string seconds_text(base::Duration time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f s", std::chrono::duration<double>(time).count());
  return text.data();
}

// The memory for the pictures of all contents.
int64_t content_bytes_max() {
  const auto pages = static_cast<int64_t>(::sysconf(_SC_PHYS_PAGES));
  const auto page_bytes = static_cast<int64_t>(::sysconf(_SC_PAGESIZE));
  if (pages <= 0 || page_bytes <= 0) return scene::limits::kContentBytesMax;
  return std::min(scene::limits::kContentBytesMax, pages / 4 * page_bytes);
}

}  // namespace

Daemon::Daemon(StreamdSettings settings, std::string path, const Log& log)
    : settings_(std::move(settings)),
      tokens_(settings_.tokens),
      path_(std::move(path)),
      log_(log) {}

Daemon::~Daemon() {
  web_pictures_.end();
  stops_following_ = true;
  if (follower_.joinable()) {
    store_->stop_waiting();
    follower_.join();
  }
  server_.reset();
  health_.stop();
  stream_.reset();
  layers_.reset();
  marks_.reset();  // the lock of the state covers their file
  store_.reset();
}

base::Result<void> Daemon::start(const scene::SceneFile& file) {
  frame::set_image_bytes_max(content_bytes_max());
  metrics_
      .gauge({"build_info", "1; the labels identify the build."},
             {{"version", std::string(version())}})
      ->set(1);
  TRY_DO(apply_decoding(settings_.decoding, log_, &metrics_));
  const scene::LiveState initial = initial_state(settings_, file);
  if (auto objection = stream::objection_to(initial)) return *std::move(objection);
  authored_ = authored_names(settings_, file.scene);
  limit_clients(settings_, authored_);
  TRY_DO(open_state(file));
  start_stream();
  health_.start();
  if (settings_.follow) follower_ = base::named_thread("mirror", [this] { follow(); });
  // Server threads have a lower priority than rendering.
  base::set_urgency(base::Urgency::kRest);
  return open_server();
}

// With --fresh, a state that cannot be stored is no reason to stay off air.
base::Result<void> Daemon::open_state(const scene::SceneFile& file) {
  const auto open = [&](const std::string& state_uri) -> base::Result<void> {
    TRY_DO(open_layers(file, state_uri));
    return take_up(file);
  };
  auto opened = open(settings_.state_uri);
  const bool is_fault_of_store = !opened && opened.error().code != base::ErrorCode::kConflict &&
                                 opened.error().code != base::ErrorCode::kInvalidInput;
  if (opened || !settings_.fresh || settings_.follow || !is_fault_of_store) return opened;
  not_stored_ = std::move(opened).error();
  log_.write(
      LogLevel::kError,
      not_stored_->to_string() + "; the state is kept in memory, and changes are lost at the end");
  layers_.reset();
  marks_.reset();
  store_.reset();
  return open("memory:");
}

// Writes the parts of the stored state that could not be read to a file beside the state.
void Daemon::keep_unreadable(const std::string& scene,
                             const std::vector<scene::UnreadablePart>& parts) {
  scene::Value kept = scene::Value::object();
  for (const scene::UnreadablePart& part : parts) {
    log_.write(LogLevel::kWarning,
               "state " + store::redacted_uri(settings_.state_uri) + ", scene " + scene + ": the " +
                   part.name + " cannot be read and is left out: " + part.error.to_string());
    kept.set(part.name, scene::Value::of(part.text));
  }
  std::string date = base::utc_text(std::chrono::system_clock::now());
  std::ranges::replace(date, ':', '-');
  const std::string path =
      settings_.state_folder + "/" + store::file_name_part(scene) + ".unreadable-" + date + ".json";
  const auto written = write_private(path, scene::write_json(kept) + "\n");
  if (written) {
    log_.write(LogLevel::kWarning, "what could not be read is kept in " + path);
  } else {
    log_.write(LogLevel::kError, written.error().to_string());
  }
}

// Opens the file with the contents that are being loaded; without it, the daemon starts, too.
void Daemon::open_marks(const store::StoreRequest& request) {
  marks_.reset();
  const std::string path = store::local_file_path(request, "loading");
  if (path.empty()) return;
  const auto open = [&]() -> base::Result<void> {
    if (settings_.follow) {
      TRY_DO(store::make_private_folder(settings_.state_folder));
      TRY(auto lock, store::NameLock::take(store::local_file_path(request, "lock"), path));
      marks_lock_ = std::move(lock);
    }
    TRY(marks_,
        stream::LoadingMarks::open(path, settings_.fresh ? stream::LoadingMarks::Former::kForgotten
                                                         : stream::LoadingMarks::Former::kHeld));
    return {};
  };
  const auto opened = open();
  if (opened) return;
  std::string reason = opened.error().to_string();
  if (settings_.follow && opened.error().code == base::ErrorCode::kConflict) {
    reason = path +
             " is in use by another daemon that follows this scene; stop one of them, or start "
             "one with another state folder ($XDG_STATE_HOME)";
  }
  log_.write(LogLevel::kWarning,
             "a layer that ends the process while it is loaded will not be held at the next "
             "start: " +
                 reason);
}

base::Result<void> Daemon::open_layers(const scene::SceneFile& file, const std::string& state_uri) {
  const store::Role role = settings_.follow ? store::Role::kFollower : store::Role::kOwner;
  store::StoreRequest request{state_uri, file.scene.name, role, settings_.state_folder};
  request.bad_file = settings_.fresh ? store::BadFile::kReplaced : store::BadFile::kSalvaged;
  request.on_set_aside = [this](const std::string& message) {
    log_.write(LogLevel::kWarning, message);
  };
  TRY(store_, store::open_store(request, metrics_));
  open_marks(request);
  layers::LayerManagerOptions options;
  options.store = store_.get();
  options.metrics = &metrics_;
  options.folder = settings_.scene_folder;
  options.assets_folder = settings_.assets_folder;
  options.source_hosts = settings_.source_hosts;
  options.next_frame_time = [this] { return clock_.next_frame_time(); };
  options.time_of_frame = [this](int64_t index) { return clock_.time_of(index); };
  options.objection = stream::objection_to;
  options.role = role;
  options.on_unreadable = [this, &file](const std::vector<scene::UnreadablePart>& parts) {
    keep_unreadable(file.scene.name, parts);
  };
  if (settings_.fresh) {
    options.newer_state = layers::LayerManagerOptions::NewerState::kUnreadable;
  }
  // Followers have only their own outputs: two publishers of one stream would disconnect each
  // other.
  options.adapt = [this](scene::LiveState& state) {
    state.scene.outputs = line_outputs(settings_);
  };
  TRY(layers_, layers::LayerManager::open(options, initial_state(settings_, file)));
  return {};
}

// Resumes the stored state and applies the command line to it.
base::Result<void> Daemon::take_up(const scene::SceneFile& file) {
  const scene::LiveStatePtr state = layers_->current();
  clock_.set_rate(state->scene.canvas.fps);
  clock_.set_epoch(state->epoch);
  if (settings_.follow) return {};
  const bool was_kept = state->revision > 1;
  if (settings_.fresh) {
    TRY([[maybe_unused]] const int changes, make_equal(*layers_, file.scene));
  }
  std::vector<scene::Change> changes = line_output_changes(state->scene, line_outputs(settings_));
  if (was_kept && !settings_.stream_patch.members.empty()) {
    changes.emplace_back(scene::ConfigureStream{{settings_.stream_patch}});
  }
  TRY_DO(execute(*layers_, std::move(changes)));
  if (was_kept) {
    log_.write(LogLevel::kInfo,
               "scene " + file.scene.name + " resumes at revision " +
                   std::to_string(layers_->current()->revision) +
                   (settings_.fresh ? ", reset to the file" : "; --fresh starts from the file"));
  }
  return {};
}

void Daemon::start_stream() {
  stream::StreamOptions options;
  options.layers = layers_.get();
  options.clock = &clock_;
  options.metrics = &metrics_;
  options.folder = settings_.scene_folder;
  options.open_feed = feed_opener(Showing::kLive, 1);
  options.threads = settings_.threads;
  options.marks = marks_.get();
  options.on_output = [this](const media::LiveOutputReport& report) {
    log_limited("output " + report.id, level_of(report), line_of(report) + recovery_of(report));
    status_provider_.report_output(report);
    health_.poke();
  };
  // The health tells which layers and sounds fail, and when that ends.
  options.on_error = [this](const std::string& layer, const base::Error& error) {
    if (layer.empty()) log_limited("stream", LogLevel::kWarning, error.to_string());
    status_provider_.report_error(layer, error);
    health_.poke();
  };
  options.on_remark = [this](const std::string& layer, const std::string& remark) {
    log_.write(LogLevel::kWarning, "layer " + layer + ": " + remark);
  };
  stream_ = std::make_unique<stream::StreamManager>(std::move(options));
  status_provider_.connect({layers_.get(), stream_.get(), store_.get(), &health_, &metrics_});
}

// How long an output was away that is live now.
std::string Daemon::recovery_of(const media::LiveOutputReport& report) {
  if (report.state == media::OutputState::kReconnecting) {
    away_since_.try_emplace(report.id, std::chrono::steady_clock::now());
    return {};
  }
  const auto away = away_since_.extract(report.id);
  if (away.empty() || report.state != media::OutputState::kLive) return {};
  return " after " + seconds_text(std::chrono::steady_clock::now() - away.mapped());
}

stream::HealthMonitorOptions Daemon::health_options() {
  stream::HealthMonitorOptions options;
  options.metrics = &metrics_;
  options.check = [this](base::Clock::time_point now) { return problems(now); };
  options.on_change = [this](const stream::HealthChange& change) {
    log_health(change);
    status_provider_.report_health(change);
  };
  return options;
}

std::vector<base::HealthProblem> Daemon::problems(base::Clock::time_point now) {
  stream::HealthSample sample{now, stream_->status(), stream_->failures(), {}, {}, {}};
  const store::StoreHealth store = store_->health();
  if (const auto failure = layers_->store_failure()) sample.not_writable = failure->to_string();
  if (not_stored_) sample.not_writable = not_stored_->to_string();
  if (!store.is_reachable) {
    sample.not_reachable = store.reason + "; " + std::to_string(store.waiting_entries) +
                           " changes wait in the local journal";
  }
  if (settings_.follow && !store.is_reachable) sample.not_reachable = store.reason;
  if (settings_.follow && store.is_reachable && !store.has_owner) {
    sample.leaderless = "no daemon owns the scene; the last known state stays on air";
  }
  for (const std::string& line : limiter_.take_counts()) log_.write(LogLevel::kWarning, line);
  return stream_health_.check(sample);
}

void Daemon::log_health(const stream::HealthChange& change) {
  for (const auto& each : change.ended) {
    if (each.reason.problem.has_own_report) continue;
    const bool is_expected = each.reason.problem.is_expected;
    log_limited(subject_of(each.reason.problem), is_expected ? LogLevel::kDebug : LogLevel::kInfo,
                "well again after " + seconds_text(each.lasted) +
                    " of: " + base::sentence_of(each.reason.problem));
  }
  for (const base::HealthReason& reason : change.began) {
    const base::HealthProblem& problem = reason.problem;
    if (problem.has_own_report) continue;
    log_limited(subject_of(problem), level_of(problem),
                std::string(base::name_of(problem.severity)) + ": " + base::sentence_of(problem));
  }
}

void Daemon::log_limited(const std::string& subject, LogLevel level, const std::string& message) {
  if (log_.shows(level) && limiter_.admits(subject)) log_.write(level, message);
}

void Daemon::follow() {
  constexpr std::chrono::seconds kPatience(1);
  bool was_well = true;
  while (!stops_following_) {
    const auto followed = layers_->follow(kPatience);
    if (followed.ok() != was_well) {
      log_.write(followed ? LogLevel::kInfo : LogLevel::kWarning,
                 followed ? "following again" : "cannot follow: " + followed.error().to_string());
    }
    was_well = followed.ok();
    if (!followed) std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
}

base::Result<void> Daemon::open_server() {
  control::ServerOptions options;
  options.host = settings_.host;
  options.port = settings_.port;
  options.socket_path = settings_.socket_path;
  options.tokens = tokens_;
  options.allowed_hosts = settings_.allowed_hosts;
  options.layers = layers_.get();
  options.status_provider = &status_provider_;
  options.metrics = &metrics_;
  options.log = [this](std::string_view line) { log_.write(LogLevel::kInfo, line); };
  log_tokens();
  TRY(server_, control::Server::open(options));
  log_.write(LogLevel::kInfo, "listening on " + server_->address());
  if (!settings_.host.empty() && !settings_.socket_path.empty()) {
    log_.write(LogLevel::kInfo, "listening on unix:" + settings_.socket_path);
  }
  return {};
}

void Daemon::log_tokens() {
  if (tokens_.empty()) return;
  for (const std::string& warning : token_warnings(settings_.token_file, tokens_)) {
    log_.write(LogLevel::kWarning, warning);
  }
  log_.write(LogLevel::kInfo, "tokens of " + settings_.token_file + ": " + summary_of(tokens_));
}

void Daemon::reload_tokens() {
  if (tokens_.empty()) return;
  auto tokens = tokens_again_in(settings_.token_file);
  if (!tokens) {
    log_.write(LogLevel::kError, tokens.error().to_string() + "; the tokens are unchanged");
    return;
  }
  if (tokens.value() == tokens_) return;
  tokens_ = std::move(tokens).value();
  server_->set_tokens(tokens_);
  log_tokens();
}

void Daemon::reload() {
  reload_tokens();
  if (settings_.follow) {
    log_.write(LogLevel::kWarning, "the scene belongs to another daemon; reload it there");
    return;
  }
  const auto file = load_scene_or_tell(path_, log_);
  if (!file) {
    log_.write(LogLevel::kWarning, path_ + " was not applied; the scene is unchanged");
    return;
  }
  if (file->scene.name != layers_->current()->scene.name) {
    log_.write(LogLevel::kWarning, path_ + " now contains the scene " + file->scene.name +
                                       "; another scene needs its own daemon");
    return;
  }
  const AuthoredNames authored = authored_names(settings_, file->scene);
  AuthoredNames both = authored;
  both.insert(authored_.begin(), authored_.end());
  limit_clients(settings_, std::move(both));  // until the change, the scene has the former names
  const auto changes = make_equal(*layers_, file->scene);
  if (changes) authored_ = authored;
  limit_clients(settings_, authored_);
  if (!changes) {
    log_.write(LogLevel::kWarning, path_ + ": " + changes.error().to_string());
    return;
  }
  log_.write(LogLevel::kInfo, "reloaded " + path_ + ": " + std::to_string(changes.value()) +
                                  (changes.value() == 1 ? " change" : " changes"));
}

std::string Daemon::summary() const {
  const stream::StreamStatus status = stream_->status();
  const auto live = std::ranges::count(status.outputs, media::OutputState::kLive,
                                       &media::LiveOutputReport::state);
  std::array<char, 96> line{};
  std::snprintf(line.data(), line.size(), "%.1f fps, %td of %zu outputs live, health %s",
                status.fps, live, status.outputs.size(),
                std::string(base::name_of(health_.health().state())).c_str());
  return line.data();
}

}  // namespace layercast::tools
