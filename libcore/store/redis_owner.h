#pragma once

#include "store/redis_backlog.h"
#include "store/redis_scene.h"
#include "store/sqlite_store.h"
#include "store/store_metrics.h"

#include <condition_variable>
#include <mutex>
#include <thread>

namespace layercast::store {

/// Changes a scene that a Redis keeps. A commit is durable in a local journal, an SQLite file, and
/// done; a thread brings it to Redis, in order, as soon as that takes it. So nothing that Redis
/// does or does not do makes a commit wait.
/// The one who writes holds a lease at Redis. Who finds a newer state of another writer there
/// after having begun without it does not write over it, and neither does who lost the lease:
/// they keep what they have, and health() says so.
class RedisOwner : public StateStore {
 public:
  /// Waits for Redis 2 s at most, and less when there is a local state to begin with.
  /// Errors: kConflict when another daemon has the scene, here or at Redis; kIo.
  static base::Result<std::unique_ptr<RedisOwner>> open(const StoreRequest& request,
                                                        const StoreUri& uri,
                                                        base::Metrics& metrics);
  /// Brings what is waiting to Redis if that answers, and gives the scene name back.
  ~RedisOwner() override;

  /// The newer of what is here and what Redis had when this was opened; that becomes both.
  base::Result<std::optional<StoredState>> load() override;
  base::Result<void> commit(const Commit& commit) override;
  base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max) override;
  base::Result<bool> wait_for_newer(int64_t known, std::chrono::milliseconds patience) override;
  void stop_waiting() override { local_->stop_waiting(); }
  StoreHealth health() const override;

 private:
  RedisOwner(const StoreRequest& request, const StoreUri& uri, base::Metrics& metrics);
  base::Result<void> begin(const StoreRequest& request);
  base::Result<void> settle();
  base::Result<void> adopt(const std::optional<Snapshot>& remote,
                           const std::optional<Snapshot>& local);

  // The thread's own.
  void replicate();
  base::Result<void> serve();
  base::Result<void> serve_claimed(RedisScene& scene, const RedisScene::Claim& claim);
  base::Result<void> show_first(RedisScene& scene);
  enum class Plan : uint8_t { kGoOn, kWhole, kKeepOff };
  Plan plan_for(const RedisScene::Claim& claim);
  base::Result<void> write_whole(RedisScene& scene, const RedisScene::Claim& claim);
  base::Result<std::optional<int64_t>> write_snapshot(RedisScene& scene, int64_t kept);
  base::Result<void> write_waiting(RedisScene& scene);
  base::Result<RedisScene::Outcome> write_next(RedisScene& scene);
  void say_goodbye(RedisScene& scene);
  void note_taken(const std::string& holder);
  void note_fault(const std::string& reason);
  void note_written(int64_t revision);
  bool is_stopped_within(std::chrono::milliseconds patience);
  void update_gauges();
  StoreHealth locked_health() const;

  const StoreUri uri_;
  const std::string name_;  // without a password
  const std::string scene_;
  const OperationMetrics connecting_;
  const OperationMetrics replication_;
  const StoreGauges gauges_;
  Lease lease_;
  std::unique_ptr<SqliteStore> local_;    // the callers'
  std::unique_ptr<SqliteStore> reader_;   // the thread's view of it
  std::optional<RemoteWrite> in_flight_;  // the thread's: may have arrived, or not

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopping_ = false;
  enum class First : uint8_t { kPending, kFailed, kTaken, kSeen };
  First first_ = First::kPending;   // how the first contact went
  std::optional<Snapshot> remote_;  // what Redis had then
  std::string holder_;              // who has the scene, if somebody else
  bool is_settled_ = false;         // load() has chosen the state
  RedisBacklog backlog_{0};
  int64_t replicated_ = 0;  // what Redis has for all we know
  int64_t common_ = 0;      // a revision of another writer that is ours as well
  int64_t foreign_ = 0;     // a revision of another writer that must not be lost; 0: none
  std::string fault_ = "not connected yet";

  std::thread thread_;
};

}  // namespace layercast::store
