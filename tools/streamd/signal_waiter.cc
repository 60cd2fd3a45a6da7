#include "tools/streamd/signal_waiter.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace layercast::tools {

base::Result<std::unique_ptr<SignalWaiter>> SignalWaiter::open(const std::string& path) {
  std::unique_ptr<SignalWaiter> signal_waiter(new SignalWaiter);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal_waiter->signals_ = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  if (signal_waiter->signals_ < 0) return base::io_error(errno, "cannot wait for signals", "");
  if (!path.empty()) TRY_DO(signal_waiter->watch(path));
  return signal_waiter;
}

SignalWaiter::~SignalWaiter() {
  if (signals_ >= 0) close(signals_);
  if (changes_ >= 0) close(changes_);
}

// Watches the folder, because editors replace the file.
base::Result<void> SignalWaiter::watch(const std::string& path) {
  const std::filesystem::path file = std::filesystem::absolute(path);
  file_name_ = file.filename().string();
  changes_ = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  const std::string folder = file.parent_path().string();
  if (changes_ < 0 ||
      inotify_add_watch(changes_, folder.c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
    return base::io_error(errno, "cannot watch the folder", folder);
  }
  return {};
}

// Reads the pending events of the folder; whether one of them concerns the file.
bool SignalWaiter::take_change() {
  bool is_changed = false;
  alignas(inotify_event) std::array<char, 4096> buffer{};
  for (;;) {
    const ssize_t length = read(changes_, buffer.data(), buffer.size());
    if (length <= 0) return is_changed;
    for (ssize_t at = 0; at < length;) {
      inotify_event event{};
      std::memcpy(&event, buffer.data() + at, sizeof event);
      const char* const name = buffer.data() + at + sizeof event;
      is_changed = is_changed || (event.len > 0 && file_name_ == name);
      at += static_cast<ssize_t>(sizeof event + event.len);
    }
  }
}

WakeUp SignalWaiter::wait_until(std::chrono::steady_clock::time_point time) {
  using std::chrono::milliseconds;
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(time - std::chrono::steady_clock::now());
    if (left.count() <= 0) return WakeUp::kTime;
    std::array<pollfd, 2> sources{pollfd{signals_, POLLIN, 0}, pollfd{changes_, POLLIN, 0}};
    constexpr int64_t kLongest = 60'000;
    poll(sources.data(), sources.size(),
         static_cast<int>(std::min<int64_t>(left.count(), kLongest)));
    signalfd_siginfo signal{};
    if (read(signals_, &signal, sizeof signal) == static_cast<ssize_t>(sizeof signal)) {
      if (signal.ssi_signo == SIGHUP) return WakeUp::kReload;
      return signal.ssi_signo == SIGINT ? WakeUp::kInterrupted : WakeUp::kTerminated;
    }
    if (changes_ >= 0 && take_change()) return WakeUp::kReload;
  }
}

}  // namespace layercast::tools
