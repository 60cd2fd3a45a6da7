#pragma once

#include "base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::store {

/// The address of a Redis or a Sentinel.
struct HostPort {
  std::string host;
  int port = 0;
  bool operator==(const HostPort&) const = default;
};

/// The parts of a store URI, percent-decoded.
struct StoreUri {
  enum class Kind : uint8_t { kSqlite, kMemory, kRedis, kRedisUnix, kRedisSentinel };
  Kind kind = Kind::kMemory;
  std::string path;             ///< of the database or the socket
  std::vector<HostPort> hosts;  ///< one Redis, or the Sentinels
  std::string master;           ///< the name of the master at the Sentinels
  std::string user;             ///< empty: the default user
  std::string password;         ///< empty: none
  int database = 0;

  bool is_remote() const { return kind != Kind::kSqlite && kind != Kind::kMemory; }
};

/// Parses a store URI strictly. Errors: kInvalidInput; the message has a valid example and never a
/// password.
base::Result<StoreUri> parse_store_uri(std::string_view uri);

}  // namespace layercast::store
