#pragma once

#include "base/file_identity.h"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

namespace layercast::stream {

/// The files that a scene uses, by resolved path, each with the identity that it had when it was
/// last loaded. A path may be a pattern of numbered files.
using AssetFiles = std::map<std::string, base::FileIdentity>;

/// The identity of the file at `path`. If there is no such file and `path` is a pattern, as that of
/// `frames`, one that differs when any of the matching files differs.
base::FileIdentity identity_of_asset(const std::string& path);

/// Notices that files were replaced or written to: at once when inotify reports that a file was
/// closed after writing, moved or linked into its place; else, as on network file systems, within a
/// few seconds, when a file has another identity that stays the same.
/// Thread: any (locked). It uses its own thread.
class AssetWatch {
 public:
  /// `on_change`: called with the paths that have changed, on the thread of the watch. It must not
  /// block.
  explicit AssetWatch(std::function<void(const std::set<std::string>& paths)> on_change);
  ~AssetWatch();
  AssetWatch(const AssetWatch&) = delete;
  AssetWatch& operator=(const AssetWatch&) = delete;

  /// Replaces the watched files.
  void watch(const AssetFiles& files);
  /// The same for files that are as they were loaded. Does not wait for a disk.
  void watch(const std::set<std::string>& files);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::stream
