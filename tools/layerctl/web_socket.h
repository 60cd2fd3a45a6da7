#pragma once

#include "base/error.h"
#include "tools/layerctl/daemon.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace layercast::tools {

/// The client's end of a WebSocket that speaks in texts. Source: RFC 6455. The answer to the
/// handshake is not held against its key: who it is that answers, its first message tells.
/// Thread: one.
class WebSocket {
 public:
  /// `target`: path and query. Errors: kIo: nobody answers; kForbidden: the token is wrong.
  static base::Result<std::unique_ptr<WebSocket>> open(const DaemonAddress& address,
                                                       const std::string& token,
                                                       const std::string& target);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  base::Result<void> send(std::string_view text);
  /// The next text; pings are answered meanwhile. Errors: kIo when the other end goes away or says
  /// nothing for `patience`; kInterrupted.
  base::Result<std::string> receive(std::chrono::milliseconds patience);

 private:
  struct Frame;
  explicit WebSocket(int socket) : socket_(socket) {}
  base::Result<void> shake_hands(const DaemonAddress& address, const std::string& token,
                                 const std::string& target);
  base::Result<void> write(std::string_view bytes) const;
  base::Result<void> write_frame(unsigned opcode, std::string_view payload) const;
  /// Reads until there are at least `count` bytes.
  base::Result<void> fill(size_t count, std::chrono::steady_clock::time_point deadline);
  base::Result<Frame> next_frame(std::chrono::steady_clock::time_point deadline);

  int socket_;
  std::string received_;
};

}  // namespace layercast::tools
