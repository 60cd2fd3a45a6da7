#pragma once

#include "base/error.h"

#include <string>

namespace layercast::store {

/// Holds a file locked until it is destroyed or the process ends, however that ends; the kernel
/// frees it. The file stays, with the process id of its last holder. Thread: one at a time.
class NameLock {
 public:
  /// Errors: kConflict when another process holds it, with `whose` and its process id; kIo.
  static base::Result<NameLock> take(const std::string& path, const std::string& whose);
  NameLock(NameLock&& other) noexcept;
  NameLock& operator=(NameLock&& other) noexcept;
  ~NameLock();

 private:
  explicit NameLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// `name` as a part of a file's name: what is not a letter, digit, `.`, `_` or `-` as %XX.
std::string file_name_part(std::string_view name);

/// The folder is there, with everything above it: what was missing has mode 0700.
base::Result<void> make_private_folder(const std::string& folder);

/// The file is there, mode 0600 if it was missing, and so is its name after a power cut.
base::Result<void> make_private_file(const std::string& path);

}  // namespace layercast::store
