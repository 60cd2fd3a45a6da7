#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "control/gate.h"
#include "control/limits.h"
#include "control/request_head.h"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace layercast::control {

/// Closes a socket when it ends, unless that was taken out.
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

/// A connection that is handed over. Its seat among all connections is free when the last copy of
/// `seat` is gone.
struct Guest {
  OwnSocket socket;
  std::string received;  ///< the head of its request
  Visitor visitor;
  std::shared_ptr<void> seat;
};

/// Accepts connections, reads whole requests within the limits and sends the answers, none of which
/// costs a thread while a client is slow or idle. Answers are made on threads of their own, in
/// lanes: those that wait never hold up those that do not. Thread: any.
class FrontDoor {
 public:
  /// All that is called must not throw.
  struct Options {
    std::string address;  ///< an IP address
    int port = 0;
    const Limits* limits = nullptr;    ///< outlives the door
    Gate* gate = nullptr;              ///< outlives the door
    base::Metrics* metrics = nullptr;  ///< outlives the door
    std::function<std::string(const RequestHead&, Request::Trust, const Visitor&,
                              std::string_view body)>
        answer;
    std::function<void(Guest)> to_web_socket;
    std::function<void(Guest)> to_preview;
    std::function<void(std::string_view route, int status)> count;
    std::function<void(std::string_view line)> log;
  };
  /// Errors: kInvalidInput: no IP address; kIo: it cannot be listened on.
  static base::Result<std::unique_ptr<FrontDoor>> open(Options options);
  /// Closes idle connections, waits for requests under way at most a second.
  ~FrontDoor();

  int port() const;
  /// Takes no more connections, and no more requests on those that are open.
  void stop_accepting();

 private:
  class Work;
  explicit FrontDoor(std::unique_ptr<Work> work);
  std::unique_ptr<Work> work_;
};

}  // namespace layercast::control
