#pragma once

#include "store/redis_connection.h"
#include "store/sqlite_store.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace layercast::store {

/// Who holds a scene name at a Redis.
struct Lease {
  std::string writer;  ///< tells one local journal from every other
  std::string holder;  ///< for people: a process and its host
};
inline constexpr std::chrono::milliseconds kLeaseTime{5000};

/// What is brought to Redis at once.
struct RemoteWrite {
  enum class Mode : uint8_t {
    kSome,       ///< these layers change, if Redis has `base`
    kAllLayers,  ///< these layers are all, if Redis has `base`
    kWhole,      ///< these layers are all, whatever Redis has
  };
  Mode mode = Mode::kSome;
  int64_t base = 0;      ///< the revision that it goes on from
  int64_t revision = 0;  ///< the one that it leads to
  int64_t kept = 0;      ///< kWhole: Redis' journal stays when it ends here
  std::string header;
  std::map<std::string, std::optional<std::string>> layers;  ///< nullopt: gone
  std::vector<JournalEntry> entries;
};

/// A scene as a Redis keeps it. Its keys share a hash tag, so that a cluster keeps them together:
///   {SCENE}:meta    hash: rev, header, owner (which local journal wrote it)
///   {SCENE}:layers  hash: id → layer
///   {SCENE}:log     stream, the journal: REV-0 → command; the newest 10,000 or so
///   {SCENE}:chan    channel: every new revision
///   {SCENE}:owner   who may write, for 5 s from the last time they said so
/// Everything is written by scripts, which Redis runs whole and alone. Errors: kIo; the connection
/// is of no more use then. Thread: one at a time.
class RedisScene {
 public:
  /// Borrows the connection.
  RedisScene(RedisConnection& connection, const std::string& scene);

  struct Claim {
    bool is_ours = false;
    std::string holder;    ///< when it is another's
    int64_t revision = 0;  ///< that Redis has; 0: none
    std::string writer;    ///< who wrote that
    int64_t logged = 0;    ///< where its journal ends
  };
  /// Takes the scene name for kLeaseTime from now, unless another holds it.
  base::Result<Claim> claim(const Lease& lease);
  /// Gives it back, if it is ours.
  base::Result<void> release(const Lease& lease);

  enum class Outcome : uint8_t {
    kWritten,   ///< or had been written already
    kConflict,  ///< Redis has neither `base` nor `revision`; nothing is changed
    kLost,      ///< another holds the scene name; nothing is changed
  };
  base::Result<Outcome> write(const Lease& lease, const RemoteWrite& write);

  base::Result<int64_t> revision();
  base::Result<std::optional<StoredState>> read();
  base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max);
  const std::string& channel() const { return channel_; }

 private:
  RedisConnection& connection_;
  std::string meta_, layers_, log_, channel_, owner_;
};

}  // namespace layercast::store
