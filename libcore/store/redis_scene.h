#pragma once

#include "store/redis_connection.h"
#include "store/sqlite_store.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace layercast::store {

/// The holder of a scene name at a Redis.
struct Lease {
  std::string writer;  ///< identifies the local journal
  std::string holder;  ///< for messages: a process and its host
};
/// The time after which a lease expires unless its holder renews it.
inline constexpr std::chrono::milliseconds kLeaseTime{5000};

/// One atomic write to Redis.
struct RemoteWrite {
  enum class Mode : uint8_t {
    kSome,       ///< changes these layers, if Redis has `base`
    kAllLayers,  ///< replaces all layers by these, if Redis has `base`
    kWhole,      ///< replaces all layers by these, whatever Redis has
  };
  Mode mode = Mode::kSome;
  int64_t base = 0;      ///< the revision before it
  int64_t revision = 0;  ///< the revision after it
  int64_t kept = 0;      ///< kWhole: the journal at Redis stays if its revision is this
  std::string header;
  std::map<std::string, std::optional<std::string>> layers;  ///< nullopt: deleted
  std::vector<JournalEntry> entries;
};

/// A scene at a Redis. Its keys share a hash tag, so that a cluster keeps them on one node:
///   {SCENE}:meta    hash: rev, header, owner (the local journal that wrote it)
///   {SCENE}:layers  hash: id → layer
///   {SCENE}:log     stream, the journal: REV-0 → command; about the newest 10,000
///   {SCENE}:chan    channel: each new revision
///   {SCENE}:owner   the lease: writer and holder; expires after 5 s without a renewal
/// All writes are scripts, which Redis executes atomically. Errors of all functions: kIo, also when
/// another program has stored a revision that is not a number; the connection is then unusable.
/// Thread: one at a time.
class RedisScene {
 public:
  /// Ownership: borrows the connection.
  RedisScene(RedisConnection& connection, const std::string& scene);

  /// The result of claim().
  struct Claim {
    bool is_ours = false;
    std::string holder;    ///< the other holder; empty when it is ours
    int64_t revision = 0;  ///< of the state at Redis; 0: none, or one of ours that is damaged
    std::string writer;    ///< of that state
    int64_t logged = 0;    ///< the last revision of its journal; 0: none
  };
  /// Takes or renews the lease for kLeaseTime from now, unless another writer holds it.
  base::Result<Claim> claim(const Lease& lease);
  /// Releases the lease, if this writer holds it.
  base::Result<void> release(const Lease& lease);

  enum class Outcome : uint8_t {
    kWritten,   ///< now or by an earlier attempt
    kConflict,  ///< Redis has neither `base` nor `revision`; nothing has changed
    kLost,      ///< another writer holds the lease; nothing has changed
  };
  /// Writes atomically, renews the lease and publishes the revision.
  base::Result<Outcome> write(const Lease& lease, const RemoteWrite& write);

  /// The revision at Redis; 0 when there is none.
  base::Result<int64_t> revision();
  /// Whether a daemon holds the lease.
  base::Result<bool> has_owner();
  /// The state at Redis; nullopt when there is none.
  base::Result<std::optional<StoredState>> read();
  /// As StateStore::journal().
  base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max);
  /// The name of the channel that announces new revisions.
  const std::string& channel() const { return channel_; }

 private:
  RedisConnection& connection_;
  std::string meta_, layers_, log_, channel_, owner_;
};

}  // namespace layercast::store
