#pragma once

#include "scene/wire/json_codec.h"
#include "scene/wire/value.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <functional>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace layercast::control {

inline constexpr std::chrono::seconds kPatience{10};

/// Waits until it is true; false when it never was.
inline bool becomes_true(const std::function<bool()>& is_true) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!is_true()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// A TCP connection to this machine that gives up after a while.
class Wire {
 public:
  explicit Wire(int port, int receive_bytes = 0) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_bytes > 0) {
      ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const auto* general = reinterpret_cast<const sockaddr*>(&address);
    EXPECT_EQ(::connect(socket_, general, sizeof address), 0);
  }
  Wire(Wire&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)) {}
  Wire& operator=(Wire&&) = delete;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;
  ~Wire() {
    if (socket_ >= 0) ::close(socket_);
  }

  /// False once the other side is gone.
  bool send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t count = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (count <= 0) return false;
      text.remove_prefix(static_cast<size_t>(count));
    }
    return true;
  }
  void finish_sending() const { ::shutdown(socket_, SHUT_WR); }

  /// Receives some more; false at the end, or when nothing comes.
  bool receive(std::chrono::milliseconds patience = kPatience) {
    pollfd waiting{socket_, POLLIN, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) <= 0) return false;
    std::array<char, 16384> bytes{};
    const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) {
      has_ended_ = true;
      return false;
    }
    received_.append(bytes.data(), static_cast<size_t>(count));
    return true;
  }
  /// Takes `count` bytes; fewer when there are no more.
  std::string take(size_t count) {
    while (received_.size() < count && receive()) {
    }
    std::string taken = received_.substr(0, count);
    received_.erase(0, taken.size());
    return taken;
  }
  /// Takes all up to and with `end`; nothing when it never comes.
  std::string take_until(std::string_view end) {
    while (received_.find(end) == std::string::npos) {
      if (!receive()) return {};
    }
    return take(received_.find(end) + end.size());
  }
  std::string take_all() {
    while (receive()) {
    }
    return std::exchange(received_, {});
  }
  bool has_ended() const { return has_ended_; }
  bool has_received() const { return !received_.empty(); }

 private:
  int socket_;
  std::string received_;
  bool has_ended_ = false;
};

/// An answer as it came.
struct Reply {
  int status = 0;
  std::string head;
  std::string body;

  std::optional<std::string> field(const std::string& name) const {
    const size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) return std::nullopt;
    const size_t from = at + name.size() + 4;
    return head.substr(from, head.find("\r\n", from) - from);
  }
  scene::Value json() const {
    scene::JsonDocument read = scene::read_json(body);
    EXPECT_TRUE(read.faults.empty()) << body;
    return std::move(read.value);
  }
  /// The value at `path`, such as `result.id`; as text.
  std::string at(std::string_view path) const { return text_at(json(), path); }

  static std::string text_at(const scene::Value& document, std::string_view path) {
    scene::Value value = document;
    while (!path.empty()) {
      const size_t dot = std::min(path.find('.'), path.size());
      const std::string key(path.substr(0, dot));
      path.remove_prefix(std::min(dot + 1, path.size()));
      const bool is_index = key.find_first_not_of("0123456789") == std::string::npos;
      if (is_index && value.items.size() > std::stoul(key)) {
        scene::Value item = value.items[std::stoul(key)];
        value = std::move(item);
        continue;
      }
      const scene::Value* member = value.find(key);
      if (member == nullptr) return "(nothing)";
      scene::Value copy = *member;
      value = std::move(copy);
    }
    return value.is(scene::Value::Kind::kNull) ? "null" : value.text;
  }
};

inline Reply take_reply(Wire& wire, bool has_body = true) {
  Reply reply;
  reply.head = wire.take_until("\r\n\r\n");
  if (reply.head.size() < 12) return reply;
  reply.status = std::stoi(reply.head.substr(9, 3));
  const auto length = reply.field("Content-Length");
  if (has_body && length) reply.body = wire.take(std::stoul(*length));
  return reply;
}

/// What a request says beside its line and body.
struct Said {
  std::string body{};
  std::string fields = "Content-Type: application/json\r\n";
  std::string host = "127.0.0.1";
};

inline std::string request_text(const std::string& line, const Said& said = {}) {
  std::string text = line + " HTTP/1.1\r\nHost: " + said.host + "\r\n" + said.fields;
  if (!said.body.empty()) text += "Content-Length: " + std::to_string(said.body.size()) + "\r\n";
  return text + "\r\n" + said.body;
}

/// One request on a connection of its own; `line` such as `GET /healthz`.
inline Reply ask(int port, const std::string& line, const Said& said = {}) {
  Wire wire(port);
  wire.send(request_text(line, said));
  return take_reply(wire, !line.starts_with("HEAD"));
}
inline Reply ask(int port, const std::string& line, const std::string& body) {
  return ask(port, line, Said{.body = body});
}

/// A WebSocket client that speaks JSON-RPC. Source: RFC 6455.
class Socket {
 public:
  explicit Socket(int port, const std::string& fields = {}, const std::string& query = {},
                  int receive_bytes = 0)
      : wire_(port, receive_bytes) {
    wire_.send("GET /api/v1/ws" + query +
               " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
               fields + "\r\n");
    const std::string head = wire_.take_until("\r\n\r\n");
    status_ = head.size() < 12 ? 0 : std::stoi(head.substr(9, 3));
  }

  int status() const { return status_; }
  bool is_open() const { return status_ == 101; }

  bool send(std::string_view text, uint8_t opcode = 1) const {
    return send_frame(text, static_cast<uint8_t>(0x80 | opcode));
  }
  /// `first`: the byte with the opcode; without 0x80, further frames continue the message.
  bool send_frame(std::string_view text, uint8_t first) const {
    std::string frame(1, static_cast<char>(first));
    if (text.size() < 126) {
      frame += static_cast<char>(0x80 | text.size());
    } else {
      const int bytes = text.size() < 65536 ? 2 : 8;
      frame += static_cast<char>(0x80 | (bytes == 2 ? 126 : 127));
      for (int i = bytes - 1; i >= 0; --i) frame += static_cast<char>(text.size() >> (8 * i) & 255);
    }
    frame.append(4, '\0');  // a mask that changes nothing
    frame += text;
    return wire_.send(frame);
  }

  /// The next message's text. At the end, or when nothing comes: nothing.
  std::optional<std::string> receive() {
    while (true) {
      const std::string start = wire_.take(2);
      if (start.size() < 2) return std::nullopt;
      uint64_t length = static_cast<unsigned char>(start[1]) & 127;
      if (length >= 126) {
        const std::string bytes = wire_.take(length == 126 ? 2 : 8);
        length = 0;
        for (const char c : bytes) length = length << 8 | static_cast<unsigned char>(c);
      }
      std::string payload = wire_.take(length);
      const int opcode = start[0] & 15;
      if (opcode == 1) return payload;
      if (opcode == 9) send(payload, 10);
      if (opcode == 8) {
        if (payload.size() >= 2) {
          close_code_ =
              static_cast<unsigned char>(payload[0]) << 8 | static_cast<unsigned char>(payload[1]);
        }
        send(payload, 8);
        wire_.finish_sending();
        return std::nullopt;
      }
    }
  }
  scene::Value receive_json() {
    const auto text = receive();
    EXPECT_TRUE(text.has_value());
    if (!text) return {};
    scene::JsonDocument read = scene::read_json(*text);
    EXPECT_TRUE(read.faults.empty()) << *text;
    return std::move(read.value);
  }
  /// Sends a request; the next message is its answer.
  scene::Value call(const std::string& method, const std::string& params = "{}") {
    send(R"({"jsonrpc":"2.0","id":7,"method":")" + method + R"(","params":)" + params + "}");
    return receive_json();
  }
  /// The next message as `method`'s notification, others skipped.
  scene::Value receive_notification(const std::string& method) {
    for (int i = 0; i < 10'000; ++i) {
      scene::Value message = receive_json();
      const scene::Value* given = message.find("method");
      if (given == nullptr && message.is(scene::Value::Kind::kNull)) break;
      if (given != nullptr && given->text == method) return message;
    }
    ADD_FAILURE() << "no " << method;
    return {};
  }
  int close_code() const { return close_code_; }

 private:
  Wire wire_;
  int status_ = 0;
  int close_code_ = 0;
};

}  // namespace layercast::control
