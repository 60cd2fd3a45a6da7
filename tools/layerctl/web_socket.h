#pragma once

#include "base/error.h"
#include "tools/layerctl/daemon_client.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace layercast::tools {

/// A WebSocket client for text messages. Source: RFC 6455. Does not verify the server's handshake
/// key; the first message shows whether the server is a daemon.
/// Thread: one.
class WebSocket {
 public:
  /// Connects. `target`: path and query. Errors: kIo when no daemon answers, kForbidden when the
  /// token is missing or wrong, kInterrupted.
  static base::Result<std::unique_ptr<WebSocket>> open(const DaemonAddress& address,
                                                       const std::string& token,
                                                       const std::string& target);
  ~WebSocket();
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Sends a text message. Errors: kIo, kInterrupted.
  base::Result<void> send(std::string_view text);
  /// Waits for the next text message; answers pings. Errors: kIo when the connection is closed or
  /// silent for `patience`; kInterrupted.
  base::Result<std::string> receive(std::chrono::milliseconds patience);

 private:
  struct Frame;
  explicit WebSocket(int socket) : socket_(socket) {}
  base::Result<void> shake_hands(const DaemonAddress& address, const std::string& token,
                                 const std::string& target);
  base::Result<void> write(std::string_view bytes) const;
  base::Result<void> write_frame(unsigned opcode, std::string_view payload) const;
  /// Reads until at least `count` bytes are buffered.
  base::Result<void> fill(size_t count, std::chrono::steady_clock::time_point deadline);
  base::Result<Frame> next_frame(std::chrono::steady_clock::time_point deadline);

  int socket_;
  std::string received_;
};

}  // namespace layercast::tools
