#include "store/redis_connection.h"

#include "base/parse_number.h"

#include <cerrno>
#include <fcntl.h>
#include <hiredis/hiredis.h>
#include <sys/time.h>
#include <utility>

namespace layercast::store {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

struct ReplyFreer {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using OwnedReply = std::unique_ptr<redisReply, ReplyFreer>;

timeval time_of(std::chrono::milliseconds duration) {
  return {duration.count() / 1000, duration.count() % 1000 * 1000};
}

RedisReply converted(const redisReply& reply) {
  using Kind = RedisReply::Kind;
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      return {Kind::kInteger, std::to_string(reply.integer), reply.integer, {}};
    case REDIS_REPLY_ARRAY: {
      RedisReply array{Kind::kArray, {}, 0, {}};
      array.items.reserve(reply.elements);
      for (size_t i = 0; i < reply.elements; ++i) {
        array.items.push_back(converted(*reply.element[i]));
      }
      return array;
    }
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      return {Kind::kText, std::string(reply.str, reply.len), 0, {}};
    default:
      return {};
  }
}

std::string name_of(const HostPort& address) {
  const bool is_ipv6 = address.host.find(':') != std::string::npos;
  return (is_ipv6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace

void RedisConnection::Closer::operator()(redisContext* context) const { redisFree(context); }

Error RedisConnection::broken() const {
  const int error_number = errno;
  if (context_ == nullptr) {
    return base::io_error("out of memory while connecting to Redis", name_);
  }
  // On a timeout, hiredis reports the text of EAGAIN.
  const bool is_silent =
      context_->err == REDIS_ERR_IO &&
      (error_number == EAGAIN || error_number == ETIMEDOUT || error_number == EINPROGRESS);
  return base::io_error(is_silent
                            ? "Redis does not answer"
                            : std::string("the connection to Redis failed: ") + context_->errstr,
                        name_);
}

Result<void> RedisConnection::prepare() {
  if (context_ == nullptr || context_->err != 0) return broken();
  // Child processes must not inherit the connection.
  ::fcntl(context_->fd, F_SETFD, FD_CLOEXEC);
  set_patience(kRedisPatience);
  return {};
}

Result<RedisConnection> RedisConnection::open(const HostPort& address) {
  RedisConnection connection(
      redisConnectWithTimeout(address.host.c_str(), address.port, time_of(kRedisPatience)),
      name_of(address));
  TRY_DO(connection.prepare());
  return connection;
}

Result<RedisConnection> RedisConnection::open(const std::string& socket) {
  RedisConnection connection(redisConnectUnixWithTimeout(socket.c_str(), time_of(kRedisPatience)),
                             socket);
  TRY_DO(connection.prepare());
  return connection;
}

Result<RedisConnection> RedisConnection::through_sentinel(const StoreUri& uri,
                                                          const HostPort& sentinel) {
  TRY(auto asked, open(sentinel));
  const std::vector<std::string_view> question = {"SENTINEL", "get-master-addr-by-name",
                                                  uri.master};
  auto answer = asked.command(question);
  if (!answer.ok() && answer.error().message.find("NOAUTH") != std::string::npos &&
      !uri.password.empty()) {
    TRY(const auto logged_in, asked.command({"AUTH", uri.password}));
    static_cast<void>(logged_in);
    answer = asked.command(question);
  }
  if (!answer.ok()) return std::move(answer).error();
  const std::vector<RedisReply>& address = answer.value().items;
  if (address.size() != 2) {
    return base::io_error("the Sentinel knows no master named " + uri.master, asked.name_);
  }
  const auto port = base::parse_number<int>(address[1].text);
  if (!port || *port < 1 || *port > 65'535) {
    return base::io_error("the Sentinel names port \"" + address[1].text + "\" for the master " +
                              uri.master + "; expected a number from 1 to 65535",
                          asked.name_);
  }
  TRY(auto connection, open(HostPort{address[0].text, *port}));
  TRY_DO(connection.log_in(uri));
  // The Sentinel may not know yet that this Redis has become a replica.
  TRY(const RedisReply role, connection.command({"ROLE"}));
  if (role.items.empty() || role.items[0].text != "master") {
    return base::io_error("no longer the master; the Sentinels will name another one",
                          connection.name_);
  }
  return connection;
}

Result<RedisConnection> RedisConnection::connect(const StoreUri& uri) {
  if (uri.kind == StoreUri::Kind::kRedisSentinel) {
    Error last{ErrorCode::kIo, "the URI names no Sentinel", {}, nullptr};
    for (const HostPort& sentinel : uri.hosts) {
      auto connection = through_sentinel(uri, sentinel);
      if (connection.ok()) return connection;
      last = std::move(connection).error();
    }
    return last;
  }
  const bool is_unix = uri.kind == StoreUri::Kind::kRedisUnix;
  TRY(auto connection, is_unix ? open(uri.path) : open(uri.hosts.at(0)));
  TRY_DO(connection.log_in(uri));
  return connection;
}

Result<void> RedisConnection::log_in(const StoreUri& uri) {
  if (!uri.password.empty()) {
    std::vector<std::string_view> words = {"AUTH"};
    if (!uri.user.empty()) words.emplace_back(uri.user);
    words.emplace_back(uri.password);
    TRY(const auto done, command(words));
    static_cast<void>(done);
  }
  if (uri.database != 0) {
    const std::string number = std::to_string(uri.database);
    TRY(const auto done, command({"SELECT", number}));
    static_cast<void>(done);
  }
  return {};
}

void RedisConnection::set_patience(std::chrono::milliseconds patience) {
  redisSetTimeout(context_.get(), time_of(patience));
}

Result<RedisReply> RedisConnection::command(const std::vector<std::string_view>& words) {
  std::vector<const char*> starts;
  std::vector<size_t> lengths;
  starts.reserve(words.size());
  lengths.reserve(words.size());
  for (const std::string_view word : words) {
    starts.push_back(word.data());
    lengths.push_back(word.size());
  }
  errno = 0;
  const OwnedReply reply(static_cast<redisReply*>(redisCommandArgv(
      context_.get(), static_cast<int>(words.size()), starts.data(), lengths.data())));
  if (reply == nullptr) return broken();
  if (reply->type == REDIS_REPLY_ERROR) {
    return base::io_error("Redis refused: " + converted(*reply).text, name_);
  }
  return converted(*reply);
}

Result<void> RedisConnection::send(const std::vector<std::string_view>& words) {
  std::vector<const char*> starts;
  std::vector<size_t> lengths;
  for (const std::string_view word : words) {
    starts.push_back(word.data());
    lengths.push_back(word.size());
  }
  redisAppendCommandArgv(context_.get(), static_cast<int>(words.size()), starts.data(),
                         lengths.data());
  for (int is_done = 0; is_done == 0;) {
    errno = 0;
    if (redisBufferWrite(context_.get(), &is_done) != REDIS_OK) return broken();
  }
  return {};
}

int RedisConnection::descriptor() const { return context_->fd; }

Result<int> RedisConnection::read_arrived() {
  errno = 0;
  if (redisBufferRead(context_.get()) != REDIS_OK) return broken();
  int count = 0;
  while (true) {
    void* start = nullptr;
    if (redisGetReplyFromReader(context_.get(), &start) != REDIS_OK) return broken();
    const OwnedReply reply(static_cast<redisReply*>(start));
    if (reply == nullptr) return count;
    if (reply->type == REDIS_REPLY_ERROR) {
      return base::io_error("Redis refused: " + converted(*reply).text, name_);
    }
    ++count;
  }
}

}  // namespace layercast::store
