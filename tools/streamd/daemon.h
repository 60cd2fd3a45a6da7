#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "control/server.h"
#include "layers/layer_manager.h"
#include "scene/wire/scene_file.h"
#include "store/name_lock.h"
#include "store/state_store.h"
#include "stream/health_monitor.h"
#include "stream/loading_marks.h"
#include "stream/stream_clock.h"
#include "stream/stream_health.h"
#include "stream/stream_manager.h"
#include "tools/common/log.h"
#include "tools/common/message_limiter.h"
#include "tools/common/web_pictures.h"
#include "tools/streamd/authored_names.h"
#include "tools/streamd/settings.h"
#include "tools/streamd/status_provider.h"

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace layercast::tools {

/// A daemon: a scene on air with its store, outputs and server. Thread: main.
class Daemon {
 public:
  /// Does nothing before start(). `path`: of the scene file. Ownership: the log outlives it.
  Daemon(StreamdSettings settings, std::string path, const Log& log);
  /// Completes the outputs and stops, also what a failed start has started; waits for no web
  /// server.
  ~Daemon();
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  /// Starts the daemon, with the stored state of the scene or with the file. Called once; after an
  /// error, only the destructor may be called.
  /// Errors: kInvalidInput, kIo, kConflict when another daemon runs a scene of that name.
  base::Result<void> start(const scene::SceneFile& file);

  /// Reads the files of the tokens and of the scene again, revokes the tokens that are gone, and
  /// applies the differences to the live scene. On errors in a file, logs them and keeps what it
  /// was read for.
  void reload();

  /// The stream will not go on after the destruction: HLS playlists end.
  void end_for_good() { stream_->end_for_good(); }

  /// The URL of the server.
  std::string address() const { return server_->address(); }
  /// One line for the service manager: frame rate, live outputs and health.
  std::string summary() const;

 private:
  base::Result<void> open_state(const scene::SceneFile& file);
  void open_marks(const store::StoreRequest& request);
  base::Result<void> open_layers(const scene::SceneFile& file, const std::string& state_uri);
  void keep_unreadable(const std::string& scene, const std::vector<scene::UnreadablePart>& parts);
  base::Result<void> take_up(const scene::SceneFile& file);
  void start_stream();
  stream::HealthMonitorOptions health_options();
  std::vector<base::HealthProblem> problems(base::Clock::time_point now);
  void log_health(const stream::HealthChange& change);
  std::string recovery_of(const media::LiveOutputReport& report);
  void log_limited(const std::string& subject, LogLevel level, const std::string& message);
  void follow();
  base::Result<void> open_server();
  void log_tokens();
  void reload_tokens();

  const StreamdSettings settings_;
  std::vector<control::AccessToken> tokens_;  ///< in force
  const std::string path_;
  AuthoredNames authored_;  ///< as limit_clients() has them
  const Log& log_;
  WebPictures web_pictures_;
  base::Metrics metrics_;
  stream::StreamClock clock_;
  StreamdStatusProvider status_provider_;
  std::unique_ptr<store::StateStore> store_;
  /// Why the state is only in memory, with --fresh.
  std::optional<base::Error> not_stored_;
  std::unique_ptr<layers::LayerManager> layers_;
  std::optional<store::NameLock> marks_lock_;  ///< of a follower, whose store has none
  /// The contents that are being loaded; null: with a state in memory.
  std::unique_ptr<stream::LoadingMarks> marks_;
  MessageLimiter limiter_;
  /// When each output was lost that is not live again. Thread: the reports of the stream.
  std::map<std::string, base::Clock::time_point> away_since_;
  stream::StreamHealth stream_health_;  ///< Thread: the health monitor
  /// Outlives the stream, whose reports poke it; runs only while the stream exists.
  stream::HealthMonitor health_{health_options()};
  std::unique_ptr<stream::StreamManager> stream_;
  std::unique_ptr<control::Server> server_;
  std::atomic<bool> stops_following_ = false;
  std::thread follower_;  ///< only in a daemon that follows another
};

}  // namespace layercast::tools
