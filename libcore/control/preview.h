#pragma once

#include "base/metrics.h"
#include "control/http_listener.h"
#include "control/server_limits.h"
#include "control/stream_status_provider.h"

#include <memory>

namespace layercast::control {

/// Streams the newest small picture to all preview clients as MJPEG. Each picture is encoded once
/// and shared; a slow client skips pictures. Encodes nothing while no client is connected. Thread:
/// any.
class Preview {
 public:
  /// All arguments must outlive it.
  Preview(StreamStatusProvider& status_provider, const Limits& limits, base::Metrics& metrics);
  ~Preview();

  /// Takes over a connection whose request was admitted. Answers 503 above Limits::viewers_max
  /// clients.
  void admit(UpgradedConnection connection);
  /// Disconnects the clients whose token was revoked.
  void disconnect_revoked();

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::control
