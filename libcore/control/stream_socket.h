#pragma once

#include "control/http_listener.h"

#include <boost/asio.hpp>

/// The sockets of clients. Only sources of this module include it.
namespace layercast::control {

/// A connected TCP or Unix socket.
using StreamProtocol = boost::asio::generic::stream_protocol;
using StreamSocket = StreamProtocol::socket;

/// The socket of a connection that the listener has handed over; closed after an error.
StreamSocket socket_of(OwnSocket socket, boost::asio::io_context& io);

}  // namespace layercast::control
