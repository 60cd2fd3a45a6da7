#pragma once

#include <cstdint>
#include <string>

namespace layercast::base {

/// Identifies the content of a file: it differs when the file was replaced or written to.
struct FileIdentity {
  uint64_t device = 0;
  uint64_t inode = 0;
  int64_t bytes = 0;
  int64_t modified_nanoseconds = 0;  ///< since the Unix epoch
  bool exists = false;
  bool operator==(const FileIdentity&) const = default;

  /// A text that is equal for equal identities only.
  std::string to_string() const;
};

/// The identity of the file at `path`, symbolic links resolved; a default one if there is no such
/// file. Thread: any.
FileIdentity identity_of_file(const std::string& path);

}  // namespace layercast::base
