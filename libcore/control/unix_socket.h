#pragma once

#include "base/error.h"

#include <string>
#include <sys/types.h>
#include <utility>

namespace layercast::control {

/// A listening Unix socket and its file, which is removed on destruction unless another process has
/// replaced it. Thread: one.
class UnixSocketFile {
 public:
  UnixSocketFile() = default;
  UnixSocketFile(UnixSocketFile&& other) noexcept { swap(other); }
  UnixSocketFile& operator=(UnixSocketFile&& other) noexcept {
    swap(other);
    return *this;
  }
  UnixSocketFile(const UnixSocketFile&) = delete;
  UnixSocketFile& operator=(const UnixSocketFile&) = delete;
  ~UnixSocketFile();

  /// Creates the file with mode 0600. A socket that no process listens on is replaced. Errors:
  /// kInvalidInput for a path that is too long or names another kind of file; kIo when a process
  /// listens there, or the file cannot be created.
  static base::Result<UnixSocketFile> listen(const std::string& path, int backlog);

  /// Releases the descriptor; the file stays owned.
  int take_socket() { return std::exchange(socket_, -1); }

 private:
  void swap(UnixSocketFile& other) noexcept;

  int socket_ = -1;
  std::string path_;  // empty: there is no file
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

/// Whether the process that connected `socket`, a Unix socket, belongs to this user or to root.
bool is_own_user_or_root(int socket);

}  // namespace layercast::control
