#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>

namespace layercast::media {

/// A file, or a folder of files, that nobody sees under its final name before it is complete.
/// It is made in the final name's folder as `.NAME.partial-…`, hidden, and stays there only when
/// the process is killed. A symbolic link stands for what it points to. Thread: one at a time.
class PartialFile {
 public:
  enum class Kind {
    kFile,    ///< A file that becomes `path`.
    kFolder,  ///< A folder whose files are moved beside `path`, which is one of them.
  };

  /// Makes it, empty.
  /// Errors: kInvalidInput when `path` is a folder; kIo when it cannot be made.
  static base::Result<PartialFile> create(const std::string& path, Kind kind);
  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&&) = delete;
  /// Removes what was not committed.
  ~PartialFile();

  /// Where to write what shall become `path`.
  std::string path() const;
  /// Gives everything its final name, replacing what had it; a folder's `path` last, so that it
  /// never names a file that is not there yet. After a failure the rest is removed.
  base::Result<void> commit();
  /// The bytes of everything written.
  int64_t bytes() const;

 private:
  PartialFile(std::filesystem::path target, std::filesystem::path partial, Kind kind)
      : target_(std::move(target)), partial_(std::move(partial)), kind_(kind) {}
  base::Result<void> move(const std::filesystem::path& from, const std::filesystem::path& to);

  std::filesystem::path target_;
  std::filesystem::path partial_;  ///< Empty once committed or moved from.
  Kind kind_;
};

/// Whether `path` names something that is written straight to: a pipe, a device, a socket.
bool is_special_file(const std::string& path);

}  // namespace layercast::media
