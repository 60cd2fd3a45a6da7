#include "base/stable_hash.h"
#include "store/memory_store.h"
#include "store/name_lock.h"
#include "store/redis_follower.h"
#include "store/redis_owner.h"
#include "store/sqlite_store.h"
#include "store/state_store.h"
#include "store/store_metrics.h"
#include "store/store_uri.h"

#include <filesystem>
#include <utility>

namespace layercast::store {
namespace {

using base::Result;
using Kind = StoreUri::Kind;

/// Measures the operations of another store, which it owns.
class MeasuredStore : public StateStore {
 public:
  MeasuredStore(std::unique_ptr<StateStore> store, base::Metrics& metrics)
      : store_(std::move(store)),
        loading_(metrics, "load"),
        committing_(metrics, "commit"),
        reading_(metrics, "journal"),
        gauges_(metrics) {
    update_gauges();
  }

  Result<std::optional<StoredState>> load() override {
    return loading_.measured([&] { return store_->load(); });
  }
  Result<void> commit(const Commit& commit) override {
    auto result = committing_.measured([&] { return store_->commit(commit); });
    update_gauges();
    return result;
  }
  Result<std::vector<JournalEntry>> journal(int64_t after, int count_max) override {
    return reading_.measured([&] { return store_->journal(after, count_max); });
  }
  Result<bool> wait_for_newer(int64_t known, std::chrono::milliseconds patience) override {
    return store_->wait_for_newer(known, patience);
  }
  void stop_waiting() override { store_->stop_waiting(); }
  StoreHealth health() const override { return store_->health(); }

 private:
  void update_gauges() {
    const StoreHealth health = store_->health();
    gauges_.reachable->set(health.is_reachable ? 1 : 0);
    gauges_.waiting_entries->set(static_cast<double>(health.waiting_entries));
  }

  std::unique_ptr<StateStore> store_;
  OperationMetrics loading_;
  OperationMetrics committing_;
  OperationMetrics reading_;
  StoreGauges gauges_;
};

Result<std::unique_ptr<StateStore>> open_unmeasured(const StoreRequest& request,
                                                    const StoreUri& uri, base::Metrics& metrics) {
  const bool is_follower = request.role == Role::kFollower;
  switch (uri.kind) {
    case Kind::kSqlite: {
      if (is_follower) {
        TRY(std::unique_ptr<StateStore> store,
            SqliteStore::open(uri.path, request.scene, Role::kFollower));
        return store;
      }
      TRY(std::unique_ptr<StateStore> store,
          SqliteStore::open_owned(uri.path, request.scene, request.bad_file, request.on_set_aside));
      return store;
    }
    case Kind::kMemory:
      if (is_follower) {
        return base::invalid_input(
            "a memory store exists in one process only, so --follow cannot mirror it; "
            "use sqlite:PATH or a redis URI",
            request.uri);
      }
      return std::unique_ptr<StateStore>(std::make_unique<MemoryStore>());
    case Kind::kRedis:
    case Kind::kRedisUnix:
    case Kind::kRedisSentinel:
      break;
  }
  if (is_follower) {
    return std::unique_ptr<StateStore>(std::make_unique<RedisFollower>(request, uri, metrics));
  }
  TRY(std::unique_ptr<StateStore> store, RedisOwner::open(request, uri, metrics));
  return store;
}

}  // namespace

std::string local_file_path(const StoreRequest& request, std::string_view ending) {
  const auto uri = parse_store_uri(request.uri);
  if (!uri || uri.value().kind == Kind::kMemory) return {};
  const std::string scene = file_name_part(request.scene);
  const std::string last = "." + std::string(ending);
  if (request.role == Role::kFollower) {
    const std::string hash = base::hex_of(base::stable_hash(redacted_uri(request.uri)));
    const std::string name = "follower-" + scene + "-" + hash + last;
    return (std::filesystem::path(request.folder) / name).string();
  }
  const std::string& state =
      uri.value().is_remote() ? RedisOwner::journal_path(request) : uri.value().path;
  return state + "." + scene + last;
}

Result<std::unique_ptr<StateStore>> open_store(const StoreRequest& request,
                                               base::Metrics& metrics) {
  TRY(const StoreUri uri, parse_store_uri(request.uri));
  TRY(auto store, open_unmeasured(request, uri, metrics));
  return std::unique_ptr<StateStore>(std::make_unique<MeasuredStore>(std::move(store), metrics));
}

}  // namespace layercast::store
