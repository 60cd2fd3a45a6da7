#pragma once

#include "base/error.h"

#include <string>

namespace layercast::store {

/// An exclusive lock on a file, held until destruction or until the process ends: the kernel
/// releases it even after a crash. The file remains, with the process id of its last holder.
/// Thread: one at a time.
class NameLock {
 public:
  /// Locks the file `path` and creates it if it is missing. `whose` is the subject of the error.
  /// Errors: kConflict when another process holds the lock, with its process id; kIo.
  static base::Result<NameLock> take(const std::string& path, const std::string& whose);
  /// Whether a process holds the lock; false also if the file is missing. A concurrent take()
  /// waits for this function. Thread: any.
  static bool is_held(const std::string& path);
  NameLock(NameLock&& other) noexcept;
  NameLock& operator=(NameLock&& other) noexcept;
  ~NameLock();

 private:
  explicit NameLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// `name` as a part of a file name: every byte that is no ASCII letter, digit, `.`, `_` or `-`
/// becomes %XX, and so does a leading `.`.
std::string file_name_part(std::string_view name);

/// Creates the folder and its missing parents with mode 0700; leaves existing ones unchanged.
/// Errors: kIo.
base::Result<void> make_private_folder(const std::string& folder);

/// Creates the file with mode 0600 unless it exists, and syncs its folder, so that its name
/// survives a power cut. Errors: kIo.
base::Result<void> make_private_file(const std::string& path);

/// Creates the file with mode 0600, or replaces what it holds, and syncs it and its folder: the
/// text survives a power cut from then on. Errors: kIo; the file may then hold a part of the text.
base::Result<void> write_private_file(const std::string& path, std::string_view text);

}  // namespace layercast::store
