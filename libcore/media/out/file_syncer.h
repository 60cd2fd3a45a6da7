#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "sandbox/descriptor.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::media {

/// Writes the file of a recording to the disk while it grows, so that a power cut loses only what
/// was written since the last period. A thread of its own does this, because a busy disk can block
/// fsync() for seconds: the thread that writes the file does not call it.
/// Thread: one at a time.
class FileSyncer {
 public:
  static constexpr base::Duration kPeriod = std::chrono::seconds(1);

  /// `sync_file`: as fsync(). Ownership: `clock` outlives the syncer.
  explicit FileSyncer(base::Clock* clock, std::function<int(int descriptor)> sync_file = ::fsync)
      : clock_(clock), sync_file_(std::move(sync_file)) {}
  FileSyncer(const FileSyncer&) = delete;
  FileSyncer& operator=(const FileSyncer&) = delete;
  /// As stop().
  ~FileSyncer();

  /// Ends the former file, and begins with the file `path`, which exists: its folder and the file
  /// are synced now, so that its name survives, and then the file in each period. A file that
  /// cannot be opened is not synced.
  void begin(const std::string& path);
  /// Syncs the file a last time, in the background. The caller has written its last bytes.
  void end();
  /// As end(), then waits until all files are synced.
  void stop();

  /// The error of a sync since the last call, if there was one. Part of the file may be lost.
  std::optional<base::Error> take_error();

 private:
  struct File {
    std::string path;
    sandbox::Descriptor descriptor;
    sandbox::Descriptor folder;  ///< Open until the folder is synced.
  };

  void run();
  void end_present();
  void sync(const std::string& path, int descriptor);

  base::Clock* const clock_;
  const std::function<int(int descriptor)> sync_file_;
  std::mutex mutex_;
  std::condition_variable changed_;
  // With mutex_. Only the thread closes descriptors.
  std::optional<File> present_;
  bool is_due_ = false;  ///< `present_` has just begun.
  std::vector<File> ended_;
  bool is_stopping_ = false;
  std::optional<base::Error> error_;

  std::thread thread_;
};

}  // namespace layercast::media
