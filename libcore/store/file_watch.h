#pragma once

#include "store/wake.h"

#include <chrono>
#include <string>

namespace layercast::store {

/// Waits for changes to the files in a folder. Without inotify or without the folder it reports no
/// change, so its user must poll as well.
/// Thread: one at a time, except stop(): any.
class FileWatch {
 public:
  /// `folder` may be missing; each wait() tries again to watch it.
  explicit FileWatch(std::string folder);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  enum class Event { kChange, kNothing, kStop };
  /// Waits for a change or stop(), and returns which came; kNothing after `patience`. A change
  /// since the last call counts.
  Event wait(std::chrono::milliseconds patience);
  /// Makes the current wait() return kStop, or the next one if none is in progress.
  void stop() { stop_.signal(); }

 private:
  std::string folder_;
  int changes_ = -1;
  int watch_ = -1;
  Wake stop_;
};

}  // namespace layercast::store
