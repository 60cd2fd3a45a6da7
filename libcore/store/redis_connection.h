#pragma once

#include "base/error.h"
#include "store/store_uri.h"

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct redisContext;

namespace layercast::store {

/// A reply from Redis. An error reply becomes an Error instead.
struct RedisReply {
  enum class Kind : uint8_t { kNil, kText, kInteger, kArray };
  Kind kind = Kind::kNil;
  std::string text;
  int64_t integer = 0;
  std::vector<RedisReply> items;
};

/// A connection to a Redis master. It is unusable after any error. A Redis that does not answer
/// within kRedisPatience counts as unreachable. Thread: one at a time.
class RedisConnection {
 public:
  /// Connects, logs in and selects the database. With Sentinels, asks them for the master and
  /// verifies its role. Errors: kIo.
  static base::Result<RedisConnection> connect(const StoreUri& uri);

  /// Sends a command and waits for the reply. Errors: kIo.
  base::Result<RedisReply> command(const std::vector<std::string_view>& words);
  /// Sets how long command() waits for a reply from now on.
  void set_patience(std::chrono::milliseconds patience);

  /// Sends a command without waiting for the reply, which read_arrived() reads. Errors: kIo.
  base::Result<void> send(const std::vector<std::string_view>& words);
  /// The socket, which is readable when replies have arrived.
  int descriptor() const;
  /// Reads and discards the replies that have arrived; returns their number. Call it when the
  /// descriptor is readable. Errors: kIo.
  base::Result<int> read_arrived();

 private:
  struct Closer {
    void operator()(redisContext* context) const;
  };
  RedisConnection(redisContext* context, std::string name)
      : context_(context), name_(std::move(name)) {}

  static base::Result<RedisConnection> open(const HostPort& address);
  static base::Result<RedisConnection> open(const std::string& socket);
  static base::Result<RedisConnection> through_sentinel(const StoreUri& uri,
                                                        const HostPort& sentinel);
  base::Result<void> prepare();
  base::Result<void> log_in(const StoreUri& uri);
  base::Error broken() const;

  std::unique_ptr<redisContext, Closer> context_;
  std::string name_;  // the `where` of errors
};

/// How long Redis may take to connect or to reply before it counts as unreachable.
inline constexpr std::chrono::milliseconds kRedisPatience{1000};

}  // namespace layercast::store
