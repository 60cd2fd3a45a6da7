#include "media/in/web_file.h"

#include <arpa/inet.h>
#include <chrono>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

namespace layercast::media {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr int64_t kBytesMax = 1000;

// Accepts connections on a port of the loopback, and answers nothing.
class SilentServer {
 public:
  SilentServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
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

}  // namespace
}  // namespace layercast::media
