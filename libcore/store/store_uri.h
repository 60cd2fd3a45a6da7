#pragma once

#include "base/error.h"

#include <string>
#include <string_view>
#include <vector>

namespace layercast::store {

/// Where a Redis or a Sentinel listens.
struct HostPort {
  std::string host;
  int port = 0;
  bool operator==(const HostPort&) const = default;
};

/// What a store's URI says, taken apart and percent-decoded.
struct StoreUri {
  enum class Kind : uint8_t { kSqlite, kMemory, kRedis, kRedisUnix, kRedisSentinel };
  Kind kind = Kind::kMemory;
  std::string path;             ///< of the database or the socket
  std::vector<HostPort> hosts;  ///< one Redis, or the Sentinels
  std::string master;           ///< the name that Sentinels know it by
  std::string user;             ///< empty: the default one
  std::string password;         ///< empty: none
  int database = 0;

  bool is_remote() const { return kind != Kind::kSqlite && kind != Kind::kMemory; }
};

/// Strict: nothing is guessed. Errors: kInvalidInput, which shows a right example and never a
/// password.
base::Result<StoreUri> parse_store_uri(std::string_view uri);

}  // namespace layercast::store
