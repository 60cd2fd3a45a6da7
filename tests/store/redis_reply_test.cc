// Replies of Redis and of Sentinels that are not as they should be.

#include "store/redis_connection.h"
#include "store/state_store.h"
#include "store/store_uri.h"
#include "tests/store/redis_server.h"

#include <array>
#include <gmock/gmock.h>
#include <string>
#include <thread>
#include <utility>

namespace layercast::store::test {
namespace {

using base::ErrorCode;
using ::testing::AllOf;
using ::testing::HasSubstr;

/// A Sentinel whose replies are not those of a Sentinel, which a real one does not give.
class FaultySentinel {
 public:
  explicit FaultySentinel(std::string reply) : reply_(std::move(reply)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    EXPECT_EQ(::listen(listener_, 4), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~FaultySentinel() {
    ::shutdown(listener_, SHUT_RDWR);
    thread_.join();
    ::close(listener_);
  }
  FaultySentinel(const FaultySentinel&) = delete;
  FaultySentinel& operator=(const FaultySentinel&) = delete;

  int port() const { return port_; }

 private:
  void serve() const {
    while (true) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      std::array<char, 1024> question{};
      if (::read(client, question.data(), question.size()) > 0) {
        EXPECT_EQ(::send(client, reply_.data(), reply_.size(), MSG_NOSIGNAL),
                  static_cast<ssize_t>(reply_.size()));
      }
      ::close(client);
    }
  }

  const std::string reply_;
  const int listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int port_ = 0;
  std::thread thread_;
};

TEST(RedisFault, PortOfTheMasterThatIsNoNumberIsReported) {
  for (const std::string port : {"6379x", "x6379", "", "0", "65536", "-1"}) {
    const FaultySentinel sentinel("*2\r\n$9\r\n127.0.0.1\r\n$" + std::to_string(port.size()) +
                                  "\r\n" + port + "\r\n");
    const auto uri = parse_store_uri(
        "redis+sentinel://127.0.0.1:" + std::to_string(sentinel.port()) + "/mymaster");
    ASSERT_TRUE(uri.ok());
    const auto connection = RedisConnection::connect(uri.value());
    ASSERT_FALSE(connection.ok());
    EXPECT_THAT(connection.error().message,
                AllOf(HasSubstr("port \"" + port + "\""), HasSubstr("mymaster"),
                      HasSubstr("expected a number from 1 to 65535")));
  }
}

TEST(RedisFollower, ReportsRevisionsThatAreNoNumbers) {
  const RedisServer server;
  RedisClient client = server.client();
  client.command({"HSET", "{auction}:meta", "rev", "7x", "header", "h"});
  client.command({"XADD", "{auction}:log", "18446744073709551615-0", "command", "c"});
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto follower =
      open_store({server.uri(), "auction", Role::kFollower, folder.path()}, metrics).value();
  EXPECT_TRUE(eventually([&] {
    return follower->health().reason.find("\"7x\"") != std::string::npos;
  })) << follower->health().reason;
  const auto state = follower->load();
  ASSERT_FALSE(state.ok());
  EXPECT_EQ(state.error().code, ErrorCode::kIo);
  EXPECT_THAT(state.error().message, HasSubstr("rev of {auction}:meta at Redis is \"7x\""));
  const auto journal = follower->journal(0, 10);
  ASSERT_FALSE(journal.ok());
  EXPECT_THAT(journal.error().message,
              AllOf(HasSubstr("\"18446744073709551615-0\""), HasSubstr("{auction}:log")));
}

}  // namespace
}  // namespace layercast::store::test
