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

/// What Redis answered. An error of Redis' is an Error instead.
struct RedisReply {
  enum class Kind : uint8_t { kNil, kText, kInteger, kArray };
  Kind kind = Kind::kNil;
  std::string text;
  int64_t integer = 0;
  std::vector<RedisReply> items;
};

/// A connection to a Redis that takes writes; after any error it is of no more use.
/// A Redis that does not answer for kRedisPatience counts as gone. Thread: one at a time.
class RedisConnection {
 public:
  /// Asks Sentinels for the master and makes sure that it is one; logs in; selects the database.
  /// Errors: kIo.
  static base::Result<RedisConnection> connect(const StoreUri& uri);

  /// Waits for the answer. Errors: kIo.
  base::Result<RedisReply> command(const std::vector<std::string_view>& words);
  /// Until further notice: how long Redis may stay silent.
  void set_patience(std::chrono::milliseconds patience);

  /// Sends without waiting; the answers come with read_arrived().
  base::Result<void> send(const std::vector<std::string_view>& words);
  /// Readable when something has arrived.
  int descriptor() const;
  /// How many answers have arrived; call it when the descriptor is readable. They are thrown away.
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
  std::string name_;  // for people
};

inline constexpr std::chrono::milliseconds kRedisPatience{1000};

}  // namespace layercast::store
