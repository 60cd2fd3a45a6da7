#pragma once

#include "base/time.h"

#include <cstdint>

namespace layercast::control {

/// What one server takes on, so that no client can take it away from the others. Tests set smaller
/// ones.
struct Limits {
  int connections_max = 4096;
  /// From one address, unless that is this machine: a proxy in front of it stands for many.
  int connections_per_client_max = 256;
  int64_t head_bytes_max = 16 << 10;
  int64_t body_bytes_max = 4 << 20;
  int64_t bodies_bytes_max = 64 << 20;  ///< of all requests that are being read at one time
  base::Duration head_patience = std::chrono::seconds(10);
  base::Duration body_patience = std::chrono::seconds(30);
  base::Duration idle_patience = std::chrono::seconds(60);  ///< between two requests
  base::Duration answer_patience = std::chrono::seconds(30);
  int64_t answer_bytes_per_second_min = 16 << 10;  ///< longer answers are given longer
  int requests_waiting_max = 256;                  ///< in each lane; more are refused
  int quick_threads = 2;                           ///< for answers that wait for nothing
  int store_threads = 4;                           ///< for answers that wait for the store
  int frame_threads = 4;                           ///< for answers that wait for a frame
  base::Duration on_air_patience = std::chrono::seconds(5);

  int auth_failures_max = 20;  ///< of one address in a row; then one more each second
  int viewers_max = 16;        ///< of the preview

  int64_t message_bytes_max = 1 << 20;  ///< of one WebSocket message
  int64_t queue_bytes_max = 4 << 20;    ///< waiting for one WebSocket client: beyond, it is cut off
  int send_buffer_bytes = 256 << 10;    ///< the kernel's, for each WebSocket client
  int messages_per_second_max = 5000;   ///< of one client; more are read later
  int unanswered_max = 256;             ///< of one client; more are read later
  int64_t unanswered_bytes_max = 2 << 20;                 ///< of one client
  int64_t all_unanswered_bytes_max = 64 << 20;            ///< of all clients
  base::Duration silence_max = std::chrono::seconds(30);  ///< of a WebSocket, pings included
};

}  // namespace layercast::control
