// Any bytes that a WebSocket client sends after its handshake. If the first byte is even, the rest
// is JSON-RPC messages, one a line, which the target puts into frames; otherwise the rest is frames
// as they are. The server sends well-formed frames that hold JSON; it answers each line that is no
// notification once, unless it ends the connection; and it ends it when the client has.

#include "base/check.h"
#include "control/http_listener.h"
#include "control/rpc.h"
#include "control/socket_hub.h"
#include "scene/wire/json_codec.h"
#include "tests/fuzz/fake_daemon.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace control = layercast::control;
namespace fuzz = layercast::fuzz;
namespace scene = layercast::scene;

using scene::Value;

namespace {

constexpr std::string_view kHead =
    "GET /api/v1/ws HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

enum Opcode : uint8_t { kText = 1, kClose = 8, kPing = 9, kPong = 10 };

/// The WebSocket side of a daemon.
class Daemon {
 public:
  Daemon() {
    rpc_ = std::make_unique<control::Rpc>(
        control::Rpc::Parts{*daemon_.layers, daemon_.status_provider, daemon_.documents,
                            *daemon_.commands, daemon_.limits, hub_, daemon_.budget});
  }
  ~Daemon() { hub_.stop(); }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  void admit(int socket) {
    hub_.admit({control::OwnSocket(socket),
                std::string(kHead),
                {"127.0.0.1", "127.0.0.1"},
                {control::Role::kAdmin, nullptr},
                {}});
  }

 private:
  fuzz::FakeDaemon daemon_;
  control::SocketHub hub_{
      {&daemon_.limits,
       &daemon_.metrics,
       daemon_.budget,
       [this](control::SocketHub::Client client, const control::Admission& admission,
              std::string message) { rpc_->on_message(client, admission, std::move(message)); },
       [this](control::SocketHub::Client client) { rpc_->on_gone(client); },
       {}}};
  std::unique_ptr<control::Rpc> rpc_;
};

// The number of answers in what the server has sent so far, which may end inside of a frame.
size_t answers_in(std::string_view bytes) {
  size_t answers = 0;
  const size_t head = bytes.find("\r\n\r\n");
  if (head == bytes.npos) return 0;
  LAYERCAST_CHECK(bytes.starts_with("HTTP/1.1 101 "));
  bytes.remove_prefix(head + 4);
  while (bytes.size() >= 2) {
    const auto first = static_cast<uint8_t>(bytes[0]);
    size_t size = static_cast<uint8_t>(bytes[1]);
    LAYERCAST_CHECK((first & 0xf0) == 0x80 && size <= 127);  // one whole frame, not masked
    const size_t digits = size == 127 ? 8 : size == 126 ? 2 : 0;
    if (bytes.size() < 2 + digits) break;
    if (digits > 0) size = 0;
    for (const char digit : bytes.substr(2, digits)) size = size << 8 | static_cast<uint8_t>(digit);
    if (bytes.size() < 2 + digits + size) break;
    const uint8_t opcode = first & 0x0f;
    LAYERCAST_CHECK(opcode == kText || opcode == kClose || opcode == kPing || opcode == kPong);
    if (opcode == kText) {
      const scene::JsonDocument document = scene::read_json(bytes.substr(2 + digits, size));
      LAYERCAST_CHECK(document.faults.empty());
      const bool is_notification = document.value.find("method") != nullptr;
      if (!is_notification) ++answers;
    }
    bytes.remove_prefix(2 + digits + size);
  }
  return answers;
}

/// The client's end of a connection.
class Client {
 public:
  explicit Client(Daemon& daemon) {
    std::array<int, 2> ends{};
    LAYERCAST_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    socket_ = ends[0];
    daemon.admit(ends[1]);
  }
  ~Client() { ::close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Sends the bytes, ends its side when it has `expected` answers, and receives until the server
  /// has closed the connection. Returns the number of answers.
  size_t exchange(std::string_view bytes, size_t expected) {
    std::string received;
    size_t answers = 0;
    bool is_ended = false;
    for (;;) {
      if (bytes.empty() && answers >= expected && !std::exchange(is_ended, true)) {
        ::shutdown(socket_, SHUT_WR);
      }
      pollfd waiting{socket_, static_cast<int16_t>(bytes.empty() ? POLLIN : POLLIN | POLLOUT), 0};
      LAYERCAST_CHECK(::poll(&waiting, 1, kPatience) == 1);  // the server hangs
      if ((waiting.revents & POLLOUT) != 0) {
        const ssize_t sent =
            ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        bytes.remove_prefix(sent < 0 ? (errno == EAGAIN ? 0 : bytes.size())
                                     : static_cast<size_t>(sent));
      }
      if ((waiting.revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
      std::array<char, 4096> buffer{};
      const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (count < 0 && errno == EAGAIN) continue;
      if (count <= 0) return answers;
      received.append(buffer.data(), static_cast<size_t>(count));
      answers = answers_in(received);
    }
  }

 private:
  static constexpr int kPatience = 10'000;  // milliseconds
  int socket_ = -1;
};

// A client's frame of at most 65535 bytes. Its mask is 0, which leaves the payload as it is.
std::string frame_of(Opcode opcode, std::string_view payload) {
  std::string frame{static_cast<char>(0x80 | opcode)};
  const size_t size = payload.size();
  if (size < 126) {
    frame += static_cast<char>(0x80 | size);
  } else {
    frame += {static_cast<char>(0x80 | 126), static_cast<char>(size >> 8),
              static_cast<char>(size & 0xff)};
  }
  return frame + std::string(4, '\0') + std::string(payload);
}

// Whether a request, or an item of a batch, gets an answer.
bool has_answer(const Value& request) {
  const Value* version = request.find("jsonrpc");
  const Value* method = request.find("method");
  const bool is_request = version != nullptr && version->is(Value::Kind::kString) &&
                          version->text == "2.0" && method != nullptr &&
                          method->is(Value::Kind::kString);
  return !is_request || request.find("id") != nullptr;
}

bool has_answer(std::string_view message) {
  const scene::JsonDocument document = scene::read_json(message);
  const Value& value = document.value;
  constexpr size_t kBatchMax = 100;
  if (!value.is(Value::Kind::kArray)) return !document.faults.empty() || has_answer(value);
  const bool is_batch = !value.items.empty() && value.items.size() <= kBatchMax;
  return !is_batch ||
         std::ranges::any_of(value.items, [](const Value& item) { return has_answer(item); });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  constexpr size_t kLinesMax = 64;
  constexpr size_t kLineMax = 0xffff;
  if (size == 0) return 0;
  std::string_view rest(reinterpret_cast<const char*>(bytes + 1), size - 1);
  Daemon daemon;
  if (bytes[0] % 2 != 0) {
    Client(daemon).exchange(rest, 0);
    return 0;
  }
  std::string sent;
  size_t expected = 0;
  for (size_t lines = 0; !rest.empty() && lines < kLinesMax; ++lines) {
    const size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, std::min(end, kLineMax));
    sent += frame_of(kText, line);
    if (has_answer(line)) ++expected;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  LAYERCAST_CHECK(Client(daemon).exchange(sent, expected) <= expected);
  return 0;
}
