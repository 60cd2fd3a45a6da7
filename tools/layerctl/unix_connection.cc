#include "tools/layerctl/unix_connection.h"

#include <cerrno>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

namespace layercast::tools {

base::Result<int> connected_unix_socket(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) {
    return base::invalid_input("the path of the socket is too long", path);
  }
  path.copy(address.sun_path, path.size());
  const int made = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (made < 0) return base::io_error(errno, "no daemon answers", path);
  // Bounds the wait for a daemon that accepts no connections. Source: unix(7), SO_SNDTIMEO.
  constexpr timeval kPatience{5, 0};
  setsockopt(made, SOL_SOCKET, SO_SNDTIMEO, &kPatience, sizeof kPatience);
  if (connect(made, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return made;
  const int error = errno;
  close(made);
  return base::io_error(error, "no daemon answers", path);
}

}  // namespace layercast::tools
