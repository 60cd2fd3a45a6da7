#pragma once

#include "base/metrics.h"
#include "control/documents.h"
#include "control/front_door.h"
#include "control/limits.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace layercast::control {

/// A notification, and which of those who listen it is for.
struct Notice {
  uint32_t kinds = 0;  ///< bits: clients that asked for one of them get it
  Text text;
};

/// The WebSocket connections: hands what clients say to one listener, and what they are told to
/// them. A text that many are told is shared, not copied. A client that does not take what it is
/// told is cut off.
/// Thread: any; what is called in order by one thread arrives in that order.
class SocketHub {
 public:
  using Client = uint64_t;

  /// Called on the hub's thread; must not wait.
  struct Options {
    const Limits* limits = nullptr;    ///< outlives the hub
    base::Metrics* metrics = nullptr;  ///< outlives the hub
    /// Every message is to be answered once by answer().
    std::function<void(Client client, std::string message)> on_message;
    std::function<void(Client client)> on_gone;
    std::function<void(std::string_view line)> log;
  };
  explicit SocketHub(Options options);
  ~SocketHub();
  /// Tells clients that the server goes away, and waits for them to say goodbye, a second at most.
  /// Nothing is called afterwards, and what is still told reaches nobody.
  void stop();

  /// Takes a connection whose request has been let in.
  void admit(Guest guest);
  /// One message of `message_bytes` is done with; `text`, if there is one, is sent.
  void answer(Client client, Text text, size_t message_bytes);
  /// Sends `first`, if there is one, and from then on every notice of `kinds`.
  void subscribe(Client client, uint32_t kinds, Text first);
  void broadcast(std::vector<Notice> notices);

 private:
  class Work;
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::control
