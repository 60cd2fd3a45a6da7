#include "control/unix_socket.h"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace layercast::control {
namespace {

constexpr mode_t kOwnerOnly = 0600;

base::Result<sockaddr_un> address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    return base::invalid_input("the path of the socket has " + std::to_string(path.size()) +
                                   " bytes; expected 1 to " +
                                   std::to_string(sizeof address.sun_path - 1),
                               path);
  }
  path.copy(address.sun_path, path.size());
  return address;
}

const sockaddr* general(const sockaddr_un& address) {
  return reinterpret_cast<const sockaddr*>(&address);
}

/// Removes the socket of a process that does not listen any more.
base::Result<void> remove_stale(const std::string& path, const sockaddr_un& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) return {};
  if (!S_ISSOCK(found.st_mode)) {
    return base::invalid_input("there is a file that is not a socket", path);
  }
  const int probe = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (probe < 0) return base::io_error(errno, "cannot create a socket", path);
  const bool is_refused =
      ::connect(probe, general(address), sizeof address) != 0 && errno == ECONNREFUSED;
  ::close(probe);
  if (!is_refused) return base::io_error("another process listens on this socket", path);
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return base::io_error(errno, "cannot remove the stale socket", path);
  }
  return {};
}

}  // namespace

base::Result<UnixSocketFile> UnixSocketFile::listen(const std::string& path, int backlog) {
  TRY(const sockaddr_un address, address_of(path));
  TRY_DO(remove_stale(path, address));
  UnixSocketFile file;
  file.socket_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (file.socket_ < 0 || ::bind(file.socket_, general(address), sizeof address) != 0) {
    return base::io_error(errno, "cannot create the socket", path);
  }
  struct stat made {};
  if (::lstat(path.c_str(), &made) != 0) {
    return base::io_error(errno, "cannot create the socket", path);
  }
  file.path_ = path;
  file.device_ = made.st_dev;
  file.inode_ = made.st_ino;
  // Until listen(), nobody can connect, whatever the mode was before.
  if (::chmod(path.c_str(), kOwnerOnly) != 0 || ::listen(file.socket_, backlog) != 0) {
    return base::io_error(errno, "cannot listen on the socket", path);
  }
  return file;
}

UnixSocketFile::~UnixSocketFile() {
  if (socket_ >= 0) ::close(socket_);
  struct stat found {};
  if (path_.empty() || ::lstat(path_.c_str(), &found) != 0) return;
  if (found.st_dev == device_ && found.st_ino == inode_) ::unlink(path_.c_str());
}

void UnixSocketFile::swap(UnixSocketFile& other) noexcept {
  std::swap(socket_, other.socket_);
  path_.swap(other.path_);
  std::swap(device_, other.device_);
  std::swap(inode_, other.inode_);
}

bool is_own_user_or_root(int socket) {
  ucred peer{};
  socklen_t length = sizeof peer;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &length) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

}  // namespace layercast::control
