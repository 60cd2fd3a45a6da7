#include "base/trace.h"
#include "scene/wire/json_codec.h"
#include "tools/common/log.h"
#include "tools/common/network_options.h"
#include "tools/common/run_tool.h"
#include "tools/common/values.h"
#include "tools/streamd/daemon.h"
#include "tools/streamd/end_timer.h"
#include "tools/streamd/notify.h"
#include "tools/streamd/options.h"
#include "tools/streamd/settings.h"
#include "tools/streamd/signal_waiter.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <optional>
#include <string>
#include <sys/resource.h>

namespace layercast::tools {
namespace {

using Clock = std::chrono::steady_clock;

// How often the service manager gets status and watchdog messages.
constexpr std::chrono::seconds kNotifyInterval(5);
// How long the end may take: service managers kill after some time, commonly 10 s.
constexpr std::chrono::milliseconds kEndPatience(4500);

// Runs until a signal or the end of --duration; returns the exit status.
int keep_on_air(Daemon& daemon, const StreamdSettings& settings, SignalWaiter& signal_waiter,
                const Log& log) {
  std::optional<Clock::time_point> end;
  if (settings.duration) end = Clock::now() + *settings.duration;
  for (;;) {
    const Clock::time_point next = Clock::now() + kNotifyInterval;
    const WakeUp wake_up = signal_waiter.wait_until(end ? std::min(*end, next) : next);
    if (wake_up == WakeUp::kInterrupted) {
      daemon.end_for_good();
      return base::meaning_of(base::ErrorCode::kInterrupted).exit_status;
    }
    // A service manager also restarts the daemon in this way: players wait for what follows.
    if (wake_up == WakeUp::kTerminated) return 0;
    if (wake_up == WakeUp::kReload) {
      notify_service_manager("RELOADING=1");
      daemon.reload();
      notify_service_manager("READY=1");
    }
    if (end && Clock::now() >= *end) {
      daemon.end_for_good();
      return 0;
    }
    const std::string status = "WATCHDOG=1\nSTATUS=" + daemon.summary();
    notify_service_manager(status);
    if (wake_up == WakeUp::kTime) log.write(LogLevel::kDebug, daemon.summary());
  }
}

// Raises the limit of open files, because every client and output needs one.
void allow_many_files() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
}

// Writes what libcore traces to the log while it lives.
class TraceLog {
 public:
  explicit TraceLog(const Log& log) {
    if (!log.shows(LogLevel::kDebug)) return;
    base::set_trace_sink([&log](std::string_view source, std::string_view message) {
      log.write(LogLevel::kDebug, std::string(source) + " " + std::string(message));
    });
  }
  ~TraceLog() { base::set_trace_sink({}); }
  TraceLog(const TraceLog&) = delete;
  TraceLog& operator=(const TraceLog&) = delete;
};

int stream_scene(const Arguments& arguments, const Log& log) {
  const TraceLog trace_log(log);
  allow_many_files();
  const auto file = load_scene_or_tell(arguments.positional(), log);
  if (!file) return usage_status();
  if (const auto applied = apply_network_options(arguments); !applied) {
    return log.fail(applied.error());
  }
  const auto settings = streamd_settings(arguments, *file);
  if (!settings) return log.fail(settings.error());
  if (settings.value().print_config) {
    const std::string text = scene::write_json(config_document(settings.value(), *file)) + "\n";
    std::fputs(text.c_str(), stdout);
    return 0;
  }
  // Before other threads start, so that they inherit the blocked signals.
  auto signal_waiter = SignalWaiter::open(settings.value().watch ? file->path : std::string());
  if (!signal_waiter) return log.fail(signal_waiter.error());
  EndTimer end_timer(log);  // outlives the daemon
  Daemon daemon(settings.value(), file->path, log);
  if (const auto started = daemon.start(*file); !started) {
    // Threads that have started must end, as after keep_on_air().
    end_timer.start(kEndPatience, base::meaning_of(started.error().code).exit_status);
    return log.fail(started.error());
  }
  notify_service_manager("READY=1");
  const int status = keep_on_air(daemon, settings.value(), *signal_waiter.value(), log);
  end_timer.start(kEndPatience, status);
  notify_service_manager("STOPPING=1");
  return status;
}

}  // namespace
}  // namespace layercast::tools

int main(int argc, char** argv) {
  namespace tools = layercast::tools;
  return tools::run_tool(tools::streamd_options(), argc, argv, tools::stream_scene);
}
