#include "control/stream_socket.h"

#include <sys/socket.h>

namespace layercast::control {

StreamSocket socket_of(OwnSocket socket, boost::asio::io_context& io) {
  StreamSocket made(io);
  const int native = socket.take();
  int family = AF_UNSPEC;
  socklen_t length = sizeof family;
  ::getsockopt(native, SOL_SOCKET, SO_DOMAIN, &family, &length);
  boost::system::error_code error;
  made.assign(StreamProtocol(family, 0), native, error);
  if (error) const OwnSocket closed(native);
  return made;
}

}  // namespace layercast::control
