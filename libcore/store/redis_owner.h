#pragma once

#include "store/redis_backlog.h"
#include "store/redis_scene.h"
#include "store/sqlite_store.h"
#include "store/store_metrics.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace layercast::store {

/// Owns a scene that a Redis keeps. A commit returns once it is durable in a local journal, an
/// SQLite file; a thread then replicates it to Redis, in order. So a commit never waits for Redis.
/// The writer holds a lease at Redis. A daemon does not write to Redis while it finds a newer state
/// of another writer there that was unavailable at its start, nor while another daemon holds the
/// lease: it keeps its own state, and health() reports the reason.
/// Thread: as StateStore.
class RedisOwner : public StateStore {
 public:
  /// Opens the local journal and waits for Redis, at most 2 s; when there is a local state, only
  /// until the first attempt fails. Errors: kConflict when another daemon owns the scene, on this
  /// machine or at Redis; kIo; kUnsupported for a journal that a newer version wrote.
  static base::Result<std::unique_ptr<RedisOwner>> open(const StoreRequest& request,
                                                        const StoreUri& uri,
                                                        base::Metrics& metrics);
  /// The SQLite file of the local journal, in the folder of the request.
  static std::string journal_path(const StoreRequest& request);
  /// Writes the remaining commits to Redis if it answers, and releases the scene name.
  ~RedisOwner() override;

  /// The newer one of the local state and the state that Redis had at open(). The first load() or
  /// commit() makes it the state of both.
  base::Result<std::optional<StoredState>> load() override;
  base::Result<void> commit(const Commit& commit) override;
  base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max) override;
  base::Result<bool> wait_for_newer(int64_t known, std::chrono::milliseconds patience) override;
  void stop_waiting() override { local_->stop_waiting(); }
  StoreHealth health() const override;

 private:
  RedisOwner(const StoreRequest& request, StoreUri uri, base::Metrics& metrics);
  base::Result<void> begin(const StoreRequest& request);
  base::Result<void> choose_state();
  base::Result<void> adopt(const std::optional<Snapshot>& remote,
                           const std::optional<Snapshot>& local);

  // Functions of the replication thread.
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
  std::unique_ptr<SqliteStore> local_;    // of the calling thread
  std::unique_ptr<SqliteStore> reader_;   // the same file, of the replication thread
  std::optional<RemoteWrite> in_flight_;  // of the replication thread: Redis may have it or not

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopping_ = false;
  enum class First : uint8_t { kPending, kFailed, kTaken, kSeen };
  First first_ = First::kPending;   // the result of the first contact
  std::optional<Snapshot> remote_;  // the state of Redis at that time
  std::string holder_;              // the other daemon that holds the lease
  bool has_chosen_state_ = false;   // choose_state() has chosen the state
  RedisBacklog backlog_{0};
  int64_t replicated_ = 0;  // the revision that Redis is known to have
  int64_t common_ = 0;      // a revision of another writer that the local state includes
  int64_t foreign_ = 0;     // a revision of another writer that must not be overwritten; 0: none
  std::string fault_ = "not connected yet";

  std::thread thread_;
};

}  // namespace layercast::store
