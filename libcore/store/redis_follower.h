#pragma once

#include "store/redis_scene.h"
#include "store/store_metrics.h"
#include "store/wake.h"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace layercast::store {

/// Reads the scene that another daemon keeps at a Redis. A thread subscribes to the channel of
/// revisions, takes its messages as a hint only, and also asks for the revision every second.
/// Thread: as StateStore.
class RedisFollower : public StateStore {
 public:
  /// Starts the thread; does not wait for Redis.
  RedisFollower(const StoreRequest& request, StoreUri uri, base::Metrics& metrics);
  ~RedisFollower() override;

  /// Errors: kIo while Redis is unreachable.
  base::Result<std::optional<StoredState>> load() override;
  /// Errors: kConflict, always: a follower only reads.
  base::Result<void> commit(const Commit& commit) override;
  base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max) override;
  base::Result<bool> wait_for_newer(int64_t known, std::chrono::milliseconds patience) override;
  void stop_waiting() override;
  StoreHealth health() const override;

 private:
  void watch();
  base::Result<void> listen();
  void note(int64_t revision, bool has_owner);
  template <class Work>
  auto with_scene(const Work& work);

  const StoreUri uri_;
  const std::string name_;
  const std::string scene_;
  const OperationMetrics connecting_;
  const StoreGauges gauges_;
  std::optional<RedisConnection> reading_;  // of the calling thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool is_stopped_ = false;  // makes wait_for_newer() return
  int64_t newest_ = 0;
  bool has_owner_ = true;
  std::string fault_ = "not connected yet";

  std::atomic<bool> is_stopping_ = false;
  Wake wake_;
  std::thread thread_;
};

}  // namespace layercast::store
