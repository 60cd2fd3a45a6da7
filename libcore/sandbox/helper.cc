#include "sandbox/helper.h"

#include "sandbox/control_messages.h"
#include "sandbox/fork_server.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace layercast::sandbox {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

thread_local Cancellation* innermost = nullptr;

// How often a wait looks for a cancellation.
constexpr milliseconds kTick{20};
// The server reports the end of a job at once, unless the machine is very busy.
constexpr milliseconds kStatusPatience{2000};

// Waits until the channel has something to receive; false when the time is over or the thread's
// work is cancelled.
bool wait_for(const Channel& channel, Clock::time_point until, bool is_cancellable) {
  for (;;) {
    const auto left = std::chrono::duration_cast<milliseconds>(until - Clock::now());
    const milliseconds wait = std::clamp(left, milliseconds(0), kTick);
    pollfd source{channel.socket().number(), POLLIN, 0};
    const int ready = ::poll(&source, 1, static_cast<int>(wait.count()));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (left.count() <= 0 || (is_cancellable && Cancellation::is_requested())) return false;
  }
}

JobFailure cancelled() { return {JobEnd::kCancelled, "the work was cancelled"}; }

std::string seconds_text(int64_t seconds) { return std::to_string(seconds) + " s"; }

// The attributes and the descriptors of a new process; freed with their object.
class SpawnSettings {
 public:
  SpawnSettings() {
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawn_file_actions_init(&actions_);
  }
  ~SpawnSettings() {
    ::posix_spawnattr_destroy(&attributes_);
    ::posix_spawn_file_actions_destroy(&actions_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  // A group of its own: a Ctrl-C at the terminal ends this process, which then ends the helper.
  // The signals have their default actions.
  bool prepare(int control) {
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    return ::posix_spawnattr_setpgroup(&attributes_, 0) == 0 &&
           ::posix_spawnattr_setsigdefault(&attributes_, &all) == 0 &&
           ::posix_spawnattr_setsigmask(&attributes_, &none) == 0 &&
           ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF |
                                                        POSIX_SPAWN_SETSIGMASK) == 0 &&
           ::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDWR, 0) == 0 &&
           ::posix_spawn_file_actions_addopen(&actions_, 1, "/dev/null", O_RDWR, 0) == 0 &&
           ::posix_spawn_file_actions_addopen(&actions_, 2, "/dev/null", O_RDWR, 0) == 0 &&
           ::posix_spawn_file_actions_adddup2(&actions_, control, kControlDescriptor) == 0 &&
           ::posix_spawn_file_actions_addclosefrom_np(&actions_, kControlDescriptor + 1) == 0;
  }

  const posix_spawnattr_t* attributes() const { return &attributes_; }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }

 private:
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

}  // namespace

// ---- HelperProcess ------------------------------------------------------------------------------

/// The process that starts the jobs. Thread: any (locked).
class HelperProcess {
 public:
  explicit HelperProcess(HelperOptions options) : options_(std::move(options)) {}
  ~HelperProcess() { end(); }
  HelperProcess(const HelperProcess&) = delete;
  HelperProcess& operator=(const HelperProcess&) = delete;

  base::Result<Layers> started();
  /// Sends a request; `descriptors` are those of the job.
  base::Result<void> request_job(const std::string& request, std::span<const int> descriptors);
  /// Waits for the process if it has died, so that no zombie is left until the next job.
  void collect();

 private:
  base::Result<std::unique_lock<std::timed_mutex>> lock();
  base::Result<void> start();
  void end();

  const HelperOptions options_;
  std::timed_mutex mutex_;
  // Guarded by the mutex from here on.
  Channel control_;
  int process_ = -1;
  Layers layers_;
};

// Another thread may be starting the process, which takes long on a busy machine.
base::Result<std::unique_lock<std::timed_mutex>> HelperProcess::lock() {
  std::unique_lock lock(mutex_, std::defer_lock);
  do {
    if (Cancellation::is_requested()) return base::io_error(cancelled().reason, {});
  } while (!lock.try_lock_for(kTick));
  return lock;
}

// The process ends with its jobs when the channel closes.
void HelperProcess::end() {
  control_.close();
  if (process_ <= 0) return;
  ::kill(process_, SIGKILL);
  while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
}

base::Result<void> HelperProcess::start() {
  end();
  TRY(auto ends, Channel::pair());
  SpawnSettings settings;
  if (!settings.prepare(ends.second.socket().number())) {
    return base::internal_error("cannot prepare the helper process", options_.program);
  }
  std::string program = options_.program;
  std::string reach = options_.reach == Reach::kNetwork ? kNetworkArgument : "";
  const std::array<char*, 3> arguments{program.data(), reach.empty() ? nullptr : reach.data(),
                                       nullptr};
  std::vector<std::string> variables = options_.environment;
  std::vector<char*> environment;
  for (std::string& variable : variables) environment.push_back(variable.data());
  environment.push_back(nullptr);
  const int failure = ::posix_spawn(&process_, program.c_str(), settings.actions(),
                                    settings.attributes(), arguments.data(), environment.data());
  if (failure != 0) {
    process_ = -1;
    return base::io_error(failure, "cannot start the helper process", options_.program);
  }
  control_ = std::move(ends.first);
  ends.second.close();
  constexpr milliseconds kStartPatience{20'000};
  std::optional<Layers> layers;
  if (wait_for(control_, Clock::now() + kStartPatience, false)) {
    auto hello = control_.receive();
    if (hello && hello.value()) layers = hello_layers(hello.value()->bytes);
  }
  if (!layers) {
    end();
    return base::io_error("the helper process does not start", options_.program);
  }
  layers_ = *layers;
  if (options_.on_start) options_.on_start(layers_);
  return {};
}

base::Result<Layers> HelperProcess::started() {
  TRY(const auto locked, lock());
  if (!control_.socket().is_open()) TRY_DO(start());
  return layers_;
}

base::Result<void> HelperProcess::request_job(const std::string& request,
                                              std::span<const int> descriptors) {
  TRY(const auto locked, lock());
  // A process that has died is started again, once.
  for (int attempt = 0;; ++attempt) {
    if (!control_.socket().is_open()) TRY_DO(start());
    auto sent = control_.send(request, descriptors);
    if (sent) return {};
    end();
    if (attempt > 0) return std::move(sent).error();
  }
}

void HelperProcess::collect() {
  const std::unique_lock locked(mutex_, std::try_to_lock);
  if (!locked.owns_lock() || !control_.socket().is_open()) return;
  // It sends nothing after its first message: only the end makes the channel ready.
  if (wait_for(control_, Clock::now(), false)) end();
}

// ---- Cancellation -------------------------------------------------------------------------------

Cancellation::Cancellation(std::function<bool()> is_cancelled)
    : outer_(std::exchange(innermost, this)), is_cancelled_(std::move(is_cancelled)) {}
Cancellation::~Cancellation() { innermost = outer_; }

bool Cancellation::is_requested() {
  return innermost != nullptr && innermost->is_cancelled_ && innermost->is_cancelled_();
}

// ---- JobFailure ---------------------------------------------------------------------------------

base::Error decoding_error(const JobFailure& failure, std::string where) {
  std::string message = "cannot be decoded: " + failure.reason;
  switch (failure.end) {
    case JobEnd::kCrashed:
      return base::invalid_input(std::move(message), std::move(where));
    case JobEnd::kOverLimit:
      return base::over_limit(std::move(message), std::move(where));
    case JobEnd::kCancelled:
    case JobEnd::kLost:
      break;
  }
  return base::io_error(std::move(message), std::move(where));
}

// ---- Job ----------------------------------------------------------------------------------------

Job::~Job() { kill(); }

base::Result<Message, JobFailure> Job::ask(std::string_view request,
                                           std::span<const int> descriptors,
                                           std::chrono::milliseconds patience) {
  // A job that always answers at once must not keep a thread that ends.
  if (Cancellation::is_requested()) {
    kill();
    return cancelled();
  }
  // An honest job has received all former requests.
  if (const auto sent = channel_.send(request, descriptors, Channel::Wait::kNever); !sent) {
    if (sent.error().code != base::ErrorCode::kLimit) return failure();
    kill();
    return JobFailure{JobEnd::kCrashed, "the decoder does not take requests"};
  }
  if (!wait_for(channel_, Clock::now() + patience, true)) {
    const bool is_cancelled = Cancellation::is_requested();
    kill();
    if (is_cancelled) return cancelled();
    return JobFailure{JobEnd::kOverLimit,
                      "it takes more than " + seconds_text(patience.count() / 1000)};
  }
  auto answer = channel_.receive();
  if (!answer) {
    kill();
    return JobFailure{JobEnd::kCrashed, answer.error().message};
  }
  if (!answer.value()) return failure();
  // Then kill() need not wait for a server that hangs.
  learn_process(milliseconds(0));
  return *std::move(answer).value();
}

// The descriptor of the process is the first message on the status channel.
void Job::learn_process(milliseconds patience) {
  if (process_.is_open() || !status_.socket().is_open()) return;
  if (!wait_for(status_, Clock::now() + patience, false)) return;
  auto message = status_.receive();
  if (message && message.value() && message.value()->descriptors.size() == 1) {
    process_ = std::move(message.value()->descriptors.front());
  } else {
    status_.close();
  }
}

// A job whose channel closes ends by itself, unless it computes or is hostile.
void Job::kill() {
  if (!channel_.socket().is_open()) return;
  channel_.close();
  learn_process(kStatusPatience);
  if (process_.is_open()) ::syscall(SYS_pidfd_send_signal, process_.number(), SIGKILL, nullptr, 0);
}

// Why the channel has closed.
JobFailure Job::failure() {
  learn_process(kStatusPatience);
  std::optional<int> wait_status;
  if (status_.socket().is_open() && wait_for(status_, Clock::now() + kStatusPatience, false)) {
    auto message = status_.receive();
    if (message && message.value()) wait_status = end_status(message.value()->bytes);
  }
  kill();
  if (wait_status) return failure_of(*wait_status);
  if (const auto parent = parent_.lock()) parent->collect();
  return {JobEnd::kLost, "the helper process has ended"};
}

JobFailure Job::failure_of(int wait_status) const {
  if (!WIFSIGNALED(wait_status)) {
    return {JobEnd::kCrashed, "the decoder ended without an answer"};
  }
  const int signal = WTERMSIG(wait_status);
  if (signal == SIGXCPU) {
    return {JobEnd::kOverLimit,
            "it takes more than " + seconds_text(limits_.cpu_seconds) + " of CPU time"};
  }
  const std::string name = std::string("SIG") + ::sigabbrev_np(signal);
  if (signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP) {
    return {JobEnd::kLost, "the decoder was ended from outside (" + name + ")"};
  }
  return {JobEnd::kCrashed, "the decoder crashed (" + name + ") or needed more than " +
                                std::to_string(limits_.memory_bytes >> 20) + " MiB of memory"};
}

// ---- Helper -------------------------------------------------------------------------------------

Helper::Helper(HelperOptions options)
    : process_(std::make_shared<HelperProcess>(std::move(options))) {}
Helper::~Helper() = default;

base::Result<Layers> Helper::start() { return process_->started(); }

base::Result<Job> Helper::start_job(const ResourceLimits& limits) {
  TRY(auto job, Channel::pair());
  TRY(auto status, Channel::pair());
  const std::array descriptors{job.second.socket().number(), status.second.socket().number()};
  TRY_DO(process_->request_job(job_message(limits), descriptors));
  return Job(std::move(job.first), std::move(status.first), limits, process_);
}

}  // namespace layercast::sandbox
