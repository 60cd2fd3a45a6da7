#include "media/in/web_file.h"

#include "tests/base/with_client_limits.h"

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

namespace layercast::media {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int64_t kBytesMax = 1000;

// Accepts connections on a port of the loopback, and answers nothing by itself.
class SilentServer {
 public:
  // `own`: absent: all addresses of the machine.
  explicit SilentServer(const char* own = "0.0.0.0") {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    EXPECT_EQ(::inet_pton(AF_INET, own, &address.sin_addr), 1);
    socklen_t length = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(::bind(listener_, any, length), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    EXPECT_EQ(::getsockname(listener_, any, &length), 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentServer() { ::close(listener_); }
  SilentServer(const SilentServer&) = delete;
  SilentServer& operator=(const SilentServer&) = delete;

  std::string url(const std::string& scheme = "http") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/a.png";
  }
  // Whether a client has connected since the last call.
  bool was_asked() const {
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) ::close(client);
    return client >= 0;
  }
  // Waits for a client, and answers its request.
  void answer(const std::string& text) const {
    pollfd poll{listener_, POLLIN, 0};
    ASSERT_EQ(::poll(&poll, 1, 5000), 1);
    const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    std::array<char, 4096> request{};
    EXPECT_GT(::read(client, request.data(), request.size()), 0);
    EXPECT_EQ(::write(client, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(client);
  }
  // What the clients that have connected have sent.
  std::string received() const {
    std::string text;
    for (int client = 0;
         (client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)) >= 0;) {
      std::array<char, 4096> bytes{};
      const ssize_t count = ::read(client, bytes.data(), bytes.size());
      if (count > 0) text.append(bytes.data(), static_cast<size_t>(count));
      ::close(client);
    }
    return text;
  }

 private:
  const int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  int port_ = 0;
};

base::Error error_of(const WebFileRequest& request) {
  const auto read = read_web_file(request);
  EXPECT_FALSE(read);
  return read ? base::Error{} : read.error();
}

TEST(WebFile, ATransferThatIsCancelledIsNotLate) {
  const SilentServer server;
  bool was_asked = false;
  const base::Error error = error_of({server.url(), kBytesMax, seconds(10), [&] {
                                        was_asked = was_asked || server.was_asked();
                                        return was_asked;
                                      }});
  EXPECT_EQ(error.code, ErrorCode::kInterrupted);
  EXPECT_EQ(error.message, "the transfer was cancelled");
}

TEST(WebFile, AServerThatDoesNotAnswerIsLate) {
  const SilentServer server;
  const base::Error error =
      error_of({server.url(), kBytesMax, milliseconds(50), [] { return false; }});
  EXPECT_EQ(error.code, ErrorCode::kLimit);
  EXPECT_EQ(error.message, "the server did not send the file within 0 s");
}

TEST(WebFile, ATransferThatIsOverIsNotBegun) {
  const SilentServer server;
  EXPECT_EQ(error_of({server.url(), kBytesMax, seconds(10), [] { return true; }}).code,
            ErrorCode::kInterrupted);
  EXPECT_FALSE(server.was_asked());
  EXPECT_EQ(error_of({server.url(), kBytesMax, milliseconds(0), {}}).code, ErrorCode::kLimit);
  EXPECT_FALSE(server.was_asked());
}

TEST(WebFile, TheSchemeHasNoCase) {
  const SilentServer server;
  EXPECT_EQ(error_of({server.url("HTTP"), kBytesMax, milliseconds(500), {}}).code,
            ErrorCode::kLimit);
  EXPECT_TRUE(server.was_asked());
  EXPECT_EQ(error_of({"RTMP://127.0.0.1/a", kBytesMax, seconds(1), {}}).code,
            ErrorCode::kUnsupported);
}

TEST(WebFile, OfAClientIsReadFromPublicAndAllowedHostsOnly) {
  const SilentServer server;
  const WebFileRequest request{server.url(), kBytesMax, milliseconds(300), {}};
  {
    const base::WithClientLimits limits("/nowhere");
    const base::Error error = error_of(request);
    EXPECT_EQ(error.code, ErrorCode::kForbidden);
    EXPECT_NE(error.message.find("--allow-source 127.0.0.1"), std::string::npos) << error.message;
    EXPECT_FALSE(server.was_asked());
  }
  {
    const base::WithClientLimits limits("/nowhere", {server.url()});
    EXPECT_EQ(error_of(request).code, ErrorCode::kLimit);
    EXPECT_TRUE(server.was_asked());
  }
  const base::WithClientLimits limits("/nowhere", {}, {"127.0.0.0/8"});
  EXPECT_EQ(error_of(request).code, ErrorCode::kLimit);
  EXPECT_TRUE(server.was_asked());
}

TEST(WebFile, OfAClientFollowsNoRedirectionToAPrivateAddress) {
  const SilentServer inner;
  std::string target = inner.url();
  target.replace(target.find("127.0.0.1"), 9, "127.0.0.2");
  const std::string answer = "HTTP/1.1 302 Found\r\nLocation: " + target +
                             "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  SilentServer outer("127.0.0.1");
  std::thread answering([&] { outer.answer(answer); });
  const base::WithClientLimits limits("/nowhere", {}, {"127.0.0.1"});
  const base::Error error = error_of({outer.url(), kBytesMax, seconds(5), {}});
  answering.join();
  EXPECT_EQ(error.code, ErrorCode::kForbidden) << error.message;
  EXPECT_NE(error.message.find("127.0.0.2"), std::string::npos) << error.message;
  EXPECT_EQ(inner.received(), "");
}

}  // namespace
}  // namespace layercast::media
