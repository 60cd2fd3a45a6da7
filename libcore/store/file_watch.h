#pragma once

#include "store/wake.h"

#include <chrono>
#include <string>

namespace layercast::store {

/// Notices that files in a folder change. Without inotify, or without the folder, it notices
/// nothing, and its user looks for itself from time to time.
/// Thread: one at a time, except stop(): any.
class FileWatch {
 public:
  /// `folder` may be missing; wait() looks for it again.
  explicit FileWatch(std::string folder);
  ~FileWatch();
  FileWatch(const FileWatch&) = delete;
  FileWatch& operator=(const FileWatch&) = delete;

  enum class Event { kChange, kNothing, kStop };
  /// What came first, kNothing after `patience`. Changes from before the call count.
  Event wait(std::chrono::milliseconds patience);
  /// Makes the wait() under way return kStop, or else the next one.
  void stop() { stop_.signal(); }

 private:
  std::string folder_;
  int changes_ = -1;
  int watch_ = -1;
  Wake stop_;
};

}  // namespace layercast::store
