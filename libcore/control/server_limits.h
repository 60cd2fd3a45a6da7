#pragma once

#include "base/time.h"

#include <cstdint>

namespace layercast::control {

/// What one server accepts, so that no client can starve the others. Tests set smaller values.
struct Limits {
  int connections_max = 4096;
  /// Per client: an IPv4 address or an IPv6 /64 network. Loopback is exempt: a local proxy stands
  /// for many clients.
  int connections_per_client_max = 256;
  int64_t head_bytes_max = 16 << 10;
  int64_t body_bytes_max = 4 << 20;
  int64_t bodies_bytes_max = 64 << 20;  ///< of all requests being read at the same time
  /// All that clients take together: bodies, unfinished and unanswered messages, responses and
  /// messages that wait to be sent. Beyond it, requests get 503 and the largest slow client is
  /// disconnected.
  int64_t all_bytes_max = 256 << 20;
  /// How long a client has been sending a request or taking a response before it counts as slow.
  base::Duration slow_after = std::chrono::seconds(1);
  /// File descriptors that connections leave free, for the stream and the store.
  int descriptors_reserved = 128;
  /// Timeouts for the head of a request, its body, and the next request on a connection.
  base::Duration head_patience = std::chrono::seconds(10);
  base::Duration body_patience = std::chrono::seconds(30);
  base::Duration idle_patience = std::chrono::seconds(60);  ///< between two requests
  /// A client that takes less than `progress_bytes_min` of what waits for it in this time is
  /// disconnected.
  base::Duration progress_patience = std::chrono::seconds(10);
  int64_t progress_bytes_min = 4 << 10;
  int requests_waiting_max = 256;  ///< per lane; further ones get 503
  int quick_threads = 2;           ///< for handlers that do not wait
  int store_threads = 4;           ///< for handlers that wait for the store
  int frame_threads = 4;           ///< for handlers that wait for a frame
  int later_threads = 4;           ///< for handlers that wait for their time
  base::Duration on_air_patience = std::chrono::seconds(5);
  /// A scheduled command that is due later is answered at once, even to a client that waits.
  base::Duration scheduled_patience = std::chrono::seconds(60);

  int auth_failures_max = 20;  ///< wrong tokens per address; then one a second
  int viewers_max = 16;        ///< clients of the preview
  base::Duration viewer_patience = std::chrono::seconds(2);  ///< progress_patience of the preview

  int64_t message_bytes_max = 1 << 20;     ///< of one WebSocket message
  int64_t queue_bytes_max = 4 << 20;       ///< queued for one WebSocket client; above, disconnected
  int send_buffer_bytes = 256 << 10;       ///< the kernel's, for each client
  int messages_per_second_max = 5000;      ///< per client; further ones are read later
  int unanswered_max = 256;                ///< messages per client; further ones are read later
  int64_t unanswered_bytes_max = 2 << 20;  ///< per client
  int64_t all_unanswered_bytes_max = 64 << 20;            ///< of all clients
  base::Duration silence_max = std::chrono::seconds(30);  ///< of a WebSocket, pings included
  /// From the first bytes of a WebSocket message to its end.
  base::Duration message_patience = std::chrono::seconds(10);
};

}  // namespace layercast::control
