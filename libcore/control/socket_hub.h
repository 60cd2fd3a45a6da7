#pragma once

#include "base/metrics.h"
#include "control/byte_budget.h"
#include "control/http_listener.h"
#include "control/server_limits.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::control {

/// A notification and the event kinds that select its recipients.
struct Notice {
  uint32_t kinds = 0;  ///< bits: sent to clients that subscribed to any of them
  Text text;
};

/// The WebSocket connections: passes each received message to one listener and sends answers and
/// notifications. Recipients of a notification share its text. A client is disconnected if its
/// queue exceeds the limit, if it takes too little of it, or if it does not finish a message in
/// time. Thread: any; calls from one thread take effect in order.
class SocketHub {
 public:
  using Client = uint64_t;

  /// Callbacks run on the hub's thread and must not block.
  struct Options {
    const Limits* limits = nullptr;    ///< outlives the hub
    base::Metrics* metrics = nullptr;  ///< outlives the hub
    std::shared_ptr<ByteBudget> budget;
    /// The listener must call answer() exactly once for each message.
    std::function<void(Client client, const Admission& admission, std::string message)> on_message;
    std::function<void(Client client)> on_gone;
    std::function<void(std::string_view line)> log;
  };
  explicit SocketHub(Options options);
  ~SocketHub();
  /// Closes all connections with `going away` and waits at most a second for the clients.
  /// Afterwards no callback runs and further messages are discarded.
  void stop();

  /// Takes over a connection whose request was admitted.
  void admit(UpgradedConnection connection);
  /// Marks one message of `message_bytes` as answered, and sends `text` unless it is null.
  void answer(Client client, Text text, size_t message_bytes);
  /// Sends `first` unless it is null, and from then on every notification of `kinds`.
  void subscribe(Client client, uint32_t kinds, Text first);
  /// Disconnects the slow client that holds the most bytes, because the budget is full.
  void relieve();
  /// Disconnects the clients whose token was revoked.
  void disconnect_revoked();
  /// Sends each notification to its subscribers.
  void broadcast(std::vector<Notice> notices);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::control
