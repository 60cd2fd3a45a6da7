#include "tools/layerctl/web_socket.h"

#include "base/ascii.h"
#include "tools/common/interruption.h"
#include "tools/layerctl/unix_connection.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

namespace layercast::tools {
namespace {

using base::Error;
using base::ErrorCode;
using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{5};
constexpr size_t kMessageMax = size_t{64} << 20U;
constexpr size_t kHeadMax = size_t{64} << 10U;

enum Opcode : unsigned { kContinuation = 0, kText = 1, kClose = 8, kPing = 9, kPong = 10 };

Error away(std::string_view what) {
  return {ErrorCode::kIo, "no daemon answers: " + std::string(what), "", nullptr};
}

/// Waits until the socket is ready. Errors: kInterrupted, kIo.
base::Result<void> wait_for(int socket, short events, Clock::time_point deadline) {
  for (;;) {
    if (interrupted()) return Error{ErrorCode::kInterrupted, "interrupted", "", nullptr};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
    if (left <= 0) return away("no data in time");
    // Short, because a signal may come between the check and poll().
    constexpr int64_t kLongest = 500;
    pollfd waiting{socket, events, 0};
    const int ready = poll(&waiting, 1, static_cast<int>(std::min<int64_t>(left, kLongest)));
    if (ready > 0) return {};
    if (ready < 0 && errno != EINTR) return base::io_error(errno, "no daemon answers", "");
  }
}

base::Result<int> connected_to(const addrinfo& place) {
  const int made = socket(place.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (made < 0) return base::io_error(errno, "no daemon answers", "");
  int error = connect(made, place.ai_addr, place.ai_addrlen) == 0 ? 0 : errno;
  if (error == EINPROGRESS) {
    const auto ready = wait_for(made, POLLOUT, Clock::now() + kPatience);
    socklen_t length = sizeof error;
    if (!ready) {
      close(made);
      return ready.error();
    }
    getsockopt(made, SOL_SOCKET, SO_ERROR, &error, &length);
  }
  if (error == 0) return made;
  close(made);
  return base::io_error(error, "no daemon answers", "");
}

base::Result<int> connected_to(const DaemonAddress& address) {
  if (!address.socket_path.empty()) {
    TRY(const int made, connected_unix_socket(address.socket_path));
    fcntl(made, F_SETFL, fcntl(made, F_GETFL) | O_NONBLOCK);
    return made;
  }
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* places = nullptr;
  const std::string port = std::to_string(address.port);
  const int failure = getaddrinfo(address.host.c_str(), port.c_str(), &wanted, &places);
  if (failure != 0) return away(gai_strerror(failure));
  base::Result<int> made = away("no address");
  for (const addrinfo* each = places; each != nullptr && !made; each = each->ai_next) {
    made = connected_to(*each);
  }
  freeaddrinfo(places);
  return made;
}

std::string random_bytes(size_t count) {
  std::string bytes(count, '\0');
  LAYERCAST_CHECK(getrandom(bytes.data(), count, 0) == static_cast<ssize_t>(count));
  return bytes;
}

// 16 random bytes in base64, including the padding.
std::string base64_key() {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr size_t kKeyBytes = 16;
  const std::string bytes = random_bytes(kKeyBytes);
  std::string text;
  uint32_t bits = 0;
  unsigned held = 0;
  for (const char byte : bytes) {
    bits = bits << 8U | static_cast<unsigned char>(byte);
    for (held += 8; held >= 6; held -= 6) text += kDigits[bits >> (held - 6) & 63U];
  }
  return text + kDigits[bits << (6 - held) & 63U] + "==";
}

}  // namespace

struct WebSocket::Frame {
  bool is_last = true;
  unsigned opcode = 0;
  std::string payload;
};

WebSocket::~WebSocket() {
  constexpr std::string_view kGoodbye("\x03\xe8", 2);  // status code 1000
  static_cast<void>(write_frame(kClose, kGoodbye));
  close(socket_);
}

base::Result<std::unique_ptr<WebSocket>> WebSocket::open(const DaemonAddress& address,
                                                         const std::string& token,
                                                         const std::string& target) {
  TRY(const int made, connected_to(address));
  std::unique_ptr<WebSocket> socket(new WebSocket(made));
  TRY_DO(socket->shake_hands(address, token, target));
  return socket;
}

base::Result<void> WebSocket::shake_hands(const DaemonAddress& address, const std::string& token,
                                          const std::string& target) {
  const bool is_v6 = address.host.find(':') != std::string::npos;
  std::string request = "GET " + target +
                        " HTTP/1.1\r\nHost: " + (is_v6 ? "[" + address.host + "]" : address.host) +
                        ":" + std::to_string(address.port) +
                        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
                        base64_key() + "\r\n";
  if (!token.empty()) request += "Authorization: Bearer " + token + "\r\n";
  TRY_DO(write(request + "\r\n"));
  const auto deadline = Clock::now() + kPatience;
  size_t end = std::string::npos;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (received_.size() > kHeadMax) return away("the response is not HTTP");
    TRY_DO(fill(received_.size() + 1, deadline));
  }
  const std::string head = base::lower_case(std::string_view(received_).substr(0, end));
  if (head.starts_with("http/1.1 401") || head.starts_with("http/1.1 403") ||
      head.starts_with("http/1.1 429")) {
    return Error{ErrorCode::kForbidden,
                 token.empty() ? "a token is required" : "the token is wrong", "", nullptr};
  }
  if (!head.starts_with("http/1.1 101") || head.find("upgrade: websocket") == std::string::npos) {
    return away("the server is not a layercast daemon");
  }
  received_.erase(0, end + 4);
  return {};
}

base::Result<void> WebSocket::write(std::string_view bytes) const {
  const auto deadline = Clock::now() + kPatience;
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<size_t>(sent));
    } else if (errno == EAGAIN) {
      TRY_DO(wait_for(socket_, POLLOUT, deadline));
    } else if (errno != EINTR) {
      return away("the connection was closed");
    }
  }
  return {};
}

base::Result<void> WebSocket::fill(size_t count, Clock::time_point deadline) {
  constexpr size_t kBlock = 65536;
  std::array<char, kBlock> block{};
  while (received_.size() < count) {
    const ssize_t got = recv(socket_, block.data(), block.size(), 0);
    if (got > 0) {
      received_.append(block.data(), static_cast<size_t>(got));
    } else if (got < 0 && errno == EAGAIN) {
      TRY_DO(wait_for(socket_, POLLIN, deadline));
    } else if (got == 0 || errno != EINTR) {
      return away("the connection was closed");
    }
  }
  return {};
}

// RFC 6455, section 5.2. Clients mask their frames.
base::Result<void> WebSocket::write_frame(unsigned opcode, std::string_view payload) const {
  constexpr unsigned kLast = 0x80;
  constexpr unsigned kMasked = 0x80;
  std::string frame(1, static_cast<char>(kLast | opcode));
  const size_t length = payload.size();
  constexpr size_t kShort = 125;
  constexpr size_t kMiddle = 65535;
  unsigned more = 0;
  if (length <= kShort) {
    frame += static_cast<char>(kMasked | length);
  } else {
    frame += static_cast<char>(kMasked | (length <= kMiddle ? 126U : 127U));
    more = length <= kMiddle ? 2 : 8;
  }
  for (unsigned left = more; left-- > 0;) {
    frame += static_cast<char>(static_cast<uint64_t>(length) >> (8 * left) & 255U);
  }
  const std::string mask = random_bytes(4);
  frame += mask;
  for (size_t i = 0; i < length; ++i) frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  return write(frame);
}

base::Result<WebSocket::Frame> WebSocket::next_frame(Clock::time_point deadline) {
  TRY_DO(fill(2, deadline));
  const auto byte = [this](size_t i) { return static_cast<unsigned char>(received_[i]); };
  Frame frame;
  frame.is_last = (byte(0) & 0x80U) != 0;
  frame.opcode = byte(0) & 15U;
  uint64_t length = byte(1) & 127U;
  size_t head = 2;
  constexpr uint64_t kMiddle = 126;
  if (length >= kMiddle) {
    const size_t more = length == kMiddle ? 2 : 8;
    TRY_DO(fill(head + more, deadline));
    length = 0;
    for (size_t i = 0; i < more; ++i) length = length << 8U | byte(head + i);
    head += more;
  }
  const bool is_masked = (byte(1) & 0x80U) != 0;
  if (is_masked || length > kMessageMax) return away("the response is not a WebSocket frame");
  TRY_DO(fill(head + static_cast<size_t>(length), deadline));
  frame.payload = received_.substr(head, static_cast<size_t>(length));
  received_.erase(0, head + static_cast<size_t>(length));
  return frame;
}

base::Result<void> WebSocket::send(std::string_view text) { return write_frame(kText, text); }

base::Result<std::string> WebSocket::receive(std::chrono::milliseconds patience) {
  std::string message;
  auto deadline = Clock::now() + patience;
  for (;;) {
    TRY(Frame frame, next_frame(deadline));
    deadline = Clock::now() + patience;
    if (frame.opcode == kPing) {
      TRY_DO(write_frame(kPong, frame.payload));
    } else if (frame.opcode == kClose) {
      return away("the daemon closed the connection");
    } else if (frame.opcode == kText || frame.opcode == kContinuation) {
      if (message.size() + frame.payload.size() > kMessageMax) return away("message too long");
      message += frame.payload;
      if (frame.is_last) return message;
    }
  }
}

}  // namespace layercast::tools
