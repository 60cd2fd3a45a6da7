#pragma once

#include "base/error.h"

#include <filesystem>
#include <string>

namespace layercast::media {

/// A file, or a folder of files, that gets its final name only when it is complete.
/// Until then it is the hidden `.NAME.partial-…` in the folder of the final name, where it remains
/// only if the process is killed. Follows a symbolic link. Thread: one at a time.
class PartialFile {
 public:
  enum class Kind {
    kFile,    ///< A file that becomes `path`.
    kFolder,  ///< A folder whose files, one of them `path`, are moved to the folder of `path`.
  };

  /// Creates an empty file or folder.
  /// Errors: kInvalidInput when `path` is a folder; kIo.
  static base::Result<PartialFile> create(const std::string& path, Kind kind);
  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&&) = delete;
  /// Removes the files unless they are committed.
  ~PartialFile();

  /// The path to write to instead of the final `path`.
  std::string path() const;
  /// Gives all files their final names and replaces existing ones. Moves `path` of a folder last,
  /// so that it never refers to a missing file. Errors: kIo; the destructor then removes the
  /// remaining files.
  base::Result<void> commit();
  /// The size of all files in bytes.
  int64_t bytes() const;

 private:
  PartialFile(std::filesystem::path target, std::filesystem::path partial, Kind kind)
      : target_(std::move(target)), partial_(std::move(partial)), kind_(kind) {}
  base::Result<void> move(const std::filesystem::path& from, const std::filesystem::path& to);

  std::filesystem::path target_;
  std::filesystem::path partial_;  ///< Empty once committed or moved from.
  Kind kind_;
};

/// Whether `path` is a pipe, a device or a socket, to which outputs write directly.
bool is_special_file(const std::string& path);

}  // namespace layercast::media
