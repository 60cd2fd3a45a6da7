#pragma once

#include "base/error.h"

#include <chrono>
#include <memory>
#include <string>

namespace layercast::tools {

/// Why the main thread of a daemon wakes up.
enum class WakeUp {
  kTime,
  kReload,       ///< SIGHUP, or the watched file changed
  kInterrupted,  ///< SIGINT
  kTerminated,   ///< SIGTERM
};

/// Waits for signals and for changes of a file. Thread: main; created before other threads, which
/// inherit the blocked signals.
class SignalWaiter {
 public:
  /// Blocks the signals and watches the file at `path`, unless it is empty. Errors: kIo.
  static base::Result<std::unique_ptr<SignalWaiter>> open(const std::string& path);
  ~SignalWaiter();
  SignalWaiter(const SignalWaiter&) = delete;
  SignalWaiter& operator=(const SignalWaiter&) = delete;

  /// Waits for the next event; kTime at `time`.
  WakeUp wait_until(std::chrono::steady_clock::time_point time);

 private:
  SignalWaiter() = default;
  base::Result<void> watch(const std::string& path);
  bool take_change();

  int signals_ = -1;
  int changes_ = -1;
  std::string file_name_;
};

}  // namespace layercast::tools
