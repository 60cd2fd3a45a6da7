#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "control/byte_budget.h"
#include "control/gate.h"
#include "control/request_head.h"
#include "control/server_limits.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::control {

/// Owns a socket descriptor: closes it on destruction unless take() has released it.
class OwnSocket {
 public:
  explicit OwnSocket(int native) : native_(native) {}
  OwnSocket(OwnSocket&& other) noexcept : native_(other.take()) {}
  OwnSocket(const OwnSocket&) = delete;
  OwnSocket& operator=(const OwnSocket&) = delete;
  OwnSocket& operator=(OwnSocket&&) = delete;
  ~OwnSocket();

  int take() { return std::exchange(native_, -1); }

 private:
  int native_;
};

/// A connection that the listener hands over for a WebSocket or the preview. Its connection slot is
/// free again when the last copy of `slot` is destroyed.
struct UpgradedConnection {
  OwnSocket socket;
  std::string received;  ///< the head of its request
  Peer peer;
  Admission admission;
  std::shared_ptr<void> slot;
};

/// The HTTP listener: accepts connections, reads complete requests within the limits and writes the
/// responses. Idle and slow clients occupy no thread. Handlers run in one thread pool per lane, so
/// that requests that wait (for the store, for a frame) do not delay the others. Thread: any.
class HttpListener {
 public:
  /// Callbacks must not throw. `answer` runs on a lane's thread, the others run on the listener's
  /// thread.
  struct Options {
    std::string address;  ///< an IP address; empty: no TCP
    int port = 0;
    std::string socket_path;         ///< of a Unix socket; empty: none
    const Limits* limits = nullptr;  ///< outlives the listener
    std::shared_ptr<ByteBudget> budget;
    Gate* gate = nullptr;              ///< outlives the listener
    base::Metrics* metrics = nullptr;  ///< outlives the listener
    std::function<Answer(const Request& request, const Found& found)> answer;
    std::function<void(UpgradedConnection)> to_web_socket;
    std::function<void(UpgradedConnection)> to_preview;
    std::function<void(std::string_view route, int status)> count;
    /// Called when the budget has no room for a request, to make some.
    std::function<void()> relieve;
    std::function<void(std::string_view line)> log;
  };
  /// Starts listening. Only processes of the same user and of root can use the Unix socket; the
  /// file that a dead server has left is replaced. Errors: kInvalidInput when `address` is not an
  /// IP address, kIo when a socket cannot listen there.
  static base::Result<std::unique_ptr<HttpListener>> open(Options options);
  /// Closes idle connections and waits at most a second for requests in progress.
  ~HttpListener();

  /// The TCP port that it listens on, also when Options::port was 0; 0 without TCP.
  int port() const;
  /// Stops accepting connections, and further requests on open ones.
  void stop_accepting();

 private:
  class Work;
  explicit HttpListener(std::unique_ptr<Work> work);
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::control
