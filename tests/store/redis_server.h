#pragma once

#include "store/state_store.h"
#include "tests/store/made_commits.h"

#include <arpa/inet.h>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <hiredis/hiredis.h>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace layercast::store::test {

/// Looks again and again until `is_so` or the time is up.
template <class Condition>
bool eventually(const Condition& is_so,
                std::chrono::milliseconds patience = std::chrono::seconds(10)) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

/// A port that nobody listened to a moment ago.
inline int free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(descriptor, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

/// A plain connection to a Redis, to look at what it holds.
class RedisClient {
 public:
  explicit RedisClient(int port, const std::string& password = {})
      : context_(redisConnectWithTimeout("127.0.0.1", port, {1, 0}), &redisFree) {
    redisSetTimeout(context_.get(), {2, 0});
    if (!password.empty()) command({"AUTH", password});
  }

  bool is_connected() const { return context_->err == 0; }
  /// The answer flattened to its texts; empty for nil, one text that begins with ! for an error.
  std::vector<std::string> command(const std::vector<std::string>& words) {
    std::vector<const char*> starts;
    std::vector<size_t> lengths;
    for (const auto& word : words) {
      starts.push_back(word.data());
      lengths.push_back(word.size());
    }
    auto* const reply = static_cast<redisReply*>(redisCommandArgv(
        context_.get(), static_cast<int>(words.size()), starts.data(), lengths.data()));
    if (reply == nullptr) return {std::string("!") + context_->errstr};
    std::vector<std::string> texts;
    flatten(*reply, texts);
    freeReplyObject(reply);
    return texts;
  }
  std::string text(const std::vector<std::string>& words) {
    const auto texts = command(words);
    return texts.empty() ? std::string() : texts[0];
  }

  /// The scene that it holds, layers in order.
  StoredState state(const std::string& scene) {
    const auto meta = command({"HMGET", "{" + scene + "}:meta", "rev", "header"});
    if (meta.size() != 2) return {};
    StoredState state{std::atoll(meta[0].c_str()), meta[1], {}};
    const auto layers = command({"HGETALL", "{" + scene + "}:layers"});
    for (size_t i = 0; i + 1 < layers.size(); i += 2) {
      state.layers.emplace_back(layers[i], layers[i + 1]);
    }
    return in_order(state);
  }
  std::vector<JournalEntry> journal(const std::string& scene) {
    const auto texts = command({"XRANGE", "{" + scene + "}:log", "-", "+"});
    std::vector<JournalEntry> entries;
    for (size_t i = 0; i + 2 < texts.size(); i += 3) {
      entries.push_back({std::atoll(texts[i].c_str()), texts[i + 2]});
    }
    return entries;
  }

 private:
  static void flatten(const redisReply& reply, std::vector<std::string>& texts) {
    for (size_t i = 0; i < reply.elements; ++i) flatten(*reply.element[i], texts);
    if (reply.type == REDIS_REPLY_INTEGER) texts.push_back(std::to_string(reply.integer));
    if (reply.type == REDIS_REPLY_ERROR) texts.push_back("!" + std::string(reply.str, reply.len));
    if (reply.type == REDIS_REPLY_STRING || reply.type == REDIS_REPLY_STATUS) {
      texts.emplace_back(reply.str, reply.len);
    }
  }

  std::unique_ptr<redisContext, decltype(&redisFree)> context_;
};

/// A Redis or a Sentinel of the test's own, which forgets everything when it is killed.
class RedisServer {
 public:
  enum class Kind { kRedis, kSentinel };

  /// `lines` of its configuration besides the usual.
  explicit RedisServer(std::vector<std::string> lines = {}, Kind kind = Kind::kRedis)
      : lines_(std::move(lines)), kind_(kind), port_(free_port()) {
    ::signal(SIGPIPE, SIG_IGN);
    start();
  }

  int port() const { return port_; }
  std::string uri() const { return "redis://127.0.0.1:" + std::to_string(port_); }
  RedisClient client(const std::string& password = {}) const {
    return RedisClient(port_, password);
  }

  /// Starts it, or starts it again, empty.
  void start() {
    std::ofstream file(folder_ / "server.conf");
    file << "port " << port_ << "\nbind 127.0.0.1\ndir " << folder_.path() << "\n";
    if (kind_ == Kind::kRedis) {
      file << "save \"\"\nrepl-diskless-sync-delay 0\nrepl-timeout 5\n";
    }
    for (const auto& line : lines_) file << line << "\n";
    file.close();
    const std::string configuration = folder_ / "server.conf";
    const std::string log = folder_ / "server.log";
    const char* const program = kind_ == Kind::kRedis ? "redis-server" : "redis-sentinel";
    child_.emplace([&] {
      const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
      ::dup2(output, STDOUT_FILENO);
      ::dup2(output, STDERR_FILENO);
      ::execlp(program, program, configuration.c_str(), nullptr);
      ::_exit(127);
    });
    ASSERT_TRUE(eventually([&] {
      RedisClient probe(port_);
      return probe.is_connected() && !probe.command({"PING"}).empty();
    }));
  }
  /// What it wrote so far, for the message of a test that fails.
  std::string log() const {
    std::ifstream file(folder_ / "server.log");
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void kill() { child_->kill(); }
  void freeze() { ::kill(child_->process(), SIGSTOP); }
  void thaw() { ::kill(child_->process(), SIGCONT); }

 private:
  TemporaryFolder folder_;
  std::vector<std::string> lines_;
  Kind kind_;
  int port_;
  std::optional<Child> child_;
};

}  // namespace layercast::store::test
