#pragma once

#include "base/error.h"

#include <chrono>
#include <memory>
#include <string>

namespace layercast::tools {

/// Why a daemon's main thread wakes up.
enum class WakeUp {
  kTime,
  kReload,       ///< SIGHUP, or the watched file has changed
  kInterrupted,  ///< SIGINT
  kTerminated,   ///< SIGTERM
};

/// Waits for signals and for a file to change. Thread: main; made before all other threads, which
/// are then left alone by those signals.
class WakeUps {
 public:
  /// `path`: a file to watch, or empty. Errors: kIo.
  static base::Result<std::unique_ptr<WakeUps>> open(const std::string& path);
  ~WakeUps();
  WakeUps(const WakeUps&) = delete;
  WakeUps& operator=(const WakeUps&) = delete;

  WakeUp wait_until(std::chrono::steady_clock::time_point time);

 private:
  WakeUps() = default;
  base::Result<void> watch(const std::string& path);
  bool take_change();

  int signals_ = -1;
  int changes_ = -1;
  std::string file_name_;
};

}  // namespace layercast::tools
