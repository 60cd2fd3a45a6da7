#include "store/redis_owner.h"

#include "base/stable_hash.h"
#include "base/thread_name.h"
#include "base/trace.h"
#include "store/backoff.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <unistd.h>
#include <utility>

namespace layercast::store {
namespace {

using base::Result;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kFirstPatience{2000};
constexpr milliseconds kRenewEvery{1000};

std::string this_process() {
  std::array<char, 256> host{};
  const bool is_known = ::gethostname(host.data(), host.size() - 1) == 0;
  return "process " + std::to_string(::getpid()) + " on " + (is_known ? host.data() : "a host");
}

bool are_same(StoredState a, StoredState b) {
  std::ranges::sort(a.layers);
  std::ranges::sort(b.layers);
  return a == b;
}

}  // namespace

RedisOwner::RedisOwner(const StoreRequest& request, StoreUri uri, base::Metrics& metrics)
    : uri_(std::move(uri)),
      name_(redacted_uri(request.uri)),
      scene_(request.scene),
      connecting_(metrics, "connect"),
      replication_(metrics, "replicate"),
      gauges_(metrics) {}

Result<std::unique_ptr<RedisOwner>> RedisOwner::open(const StoreRequest& request,
                                                     const StoreUri& uri, base::Metrics& metrics) {
  std::unique_ptr<RedisOwner> store(new RedisOwner(request, uri, metrics));
  TRY_DO(store->begin(request));
  return store;
}

std::string RedisOwner::journal_path(const StoreRequest& request) {
  const uint64_t uri_hash = base::stable_hash(redacted_uri(request.uri));
  const std::string name =
      "redis-" + file_name_part(request.scene) + "-" + base::hex_of(uri_hash) + ".db";
  return (std::filesystem::path(request.folder) / name).string();
}

Result<void> RedisOwner::begin(const StoreRequest& request) {
  const std::string path = journal_path(request);
  TRY(local_, SqliteStore::open_owned(path, scene_, request.bad_file, request.on_set_aside));
  TRY(reader_, SqliteStore::open(path, scene_, Role::kFollower));
  TRY(lease_.writer, local_->file_id());
  lease_.holder = this_process();
  TRY(const auto state, local_->load());
  backlog_ = RedisBacklog(state ? state->revision : 0);
  replicated_ = backlog_.newest();
  thread_ = base::named_thread("redis-owner", [this] { replicate(); });

  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, kFirstPatience, [&] {
    return first_ == First::kTaken || first_ == First::kSeen ||
           (first_ == First::kFailed && state.has_value());
  });
  if (first_ != First::kTaken) return {};
  return base::conflict(
      "the scene name \"" + scene_ + "\" is in use by the " + holder_ +
          "; stop that process, or mirror the scene with --follow (after a crash, the "
          "name is free within 5 s)",
      name_);
}

RedisOwner::~RedisOwner() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// ---- The calling thread -------------------------------------------------------------------------

Result<void> RedisOwner::choose_state() {
  std::optional<Snapshot> remote;
  {
    const std::lock_guard lock(mutex_);
    if (has_chosen_state_) return {};
    remote = remote_;
  }
  TRY(const auto local, local_->snapshot(INT64_MAX));
  TRY_DO(adopt(remote, local));
  const std::lock_guard lock(mutex_);
  has_chosen_state_ = true;
  remote_.reset();
  changed_.notify_all();
  return {};
}

Result<void> RedisOwner::adopt(const std::optional<Snapshot>& remote,
                               const std::optional<Snapshot>& local) {
  if (!remote) return {};
  const int64_t revision = remote->state.revision;
  const int64_t ours = local ? local->state.revision : 0;
  if (local && revision < ours) return {};
  if (!local || revision > ours || !are_same(remote->state, local->state)) {
    TRY_DO(local_->replace(remote->state, remote->entries));
  }
  const std::lock_guard lock(mutex_);
  backlog_ = RedisBacklog(revision);
  replicated_ = revision;
  common_ = revision;
  return {};
}

Result<std::optional<StoredState>> RedisOwner::load() {
  TRY_DO(choose_state());
  return local_->load();
}

Result<void> RedisOwner::commit(const Commit& commit) {
  TRY_DO(choose_state());
  TRY_DO(local_->commit(commit));
  const std::lock_guard lock(mutex_);
  const bool had_none = backlog_.is_empty();
  backlog_.add(commit);
  update_gauges();
  if (had_none) changed_.notify_all();
  return {};
}

Result<std::vector<JournalEntry>> RedisOwner::journal(int64_t after, int count_max) {
  TRY_DO(choose_state());
  return local_->journal(after, count_max);
}

Result<bool> RedisOwner::wait_for_newer(int64_t known, milliseconds patience) {
  return local_->wait_for_newer(known, patience);
}

StoreHealth RedisOwner::health() const {
  StoreHealth local = local_->health();
  const std::lock_guard lock(mutex_);
  StoreHealth health = locked_health();
  if (local.is_reachable) return health;
  local.waiting_entries = health.waiting_entries;
  return local;
}

StoreHealth RedisOwner::locked_health() const {
  const int64_t waiting = std::max<int64_t>(backlog_.newest() - replicated_, 0);
  return StoreHealth{fault_.empty(), fault_.empty() ? fault_ : name_ + ": " + fault_, waiting,
                     true};
}

// ---- The replication thread ---------------------------------------------------------------------

void RedisOwner::replicate() {
  Backoff backoff;
  bool was_well = false;
  while (true) {
    const auto result = serve();
    base::trace("redis", [&] {
      return name_ + ": " +
             (result.ok() ? std::string("disconnected") : result.error().to_string());
    });
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_) return;
      was_well = fault_.empty();
      fault_ = result.ok() ? std::string("not connected") : result.error().to_string();
      if (first_ == First::kPending) first_ = First::kFailed;
      update_gauges();
    }
    changed_.notify_all();
    if (was_well) backoff.reset();
    if (is_stopped_within(backoff.next())) return;
    gauges_.reconnects->add();
  }
}

Result<void> RedisOwner::serve() {
  TRY(auto connection, connecting_.measured([&] { return RedisConnection::connect(uri_); }));
  RedisScene scene(connection, scene_);
  while (true) {
    TRY(const auto claim, scene.claim(lease_));
    if (claim.is_ours) {
      TRY_DO(serve_claimed(scene, claim));
    } else {
      note_taken(claim.holder);
    }
    std::unique_lock lock(mutex_);
    if (!is_stopping_ && !claim.is_ours) {
      changed_.wait_for(lock, kRenewEvery, [&] { return is_stopping_; });
    }
    if (is_stopping_) {
      lock.unlock();
      if (claim.is_ours) say_goodbye(scene);
      return {};
    }
  }
}

/// Replicates until the lease must be renewed or the plan must be made again.
Result<void> RedisOwner::serve_claimed(RedisScene& scene, const RedisScene::Claim& claim) {
  bool is_settled = false;
  {
    const std::lock_guard lock(mutex_);
    is_settled = has_chosen_state_;
  }
  if (!is_settled) {
    TRY_DO(show_first(scene));
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kRenewEvery, [&] { return is_stopping_ || has_chosen_state_; });
    return {};
  }
  switch (plan_for(claim)) {
    case Plan::kKeepOff:
      is_stopped_within(kRenewEvery);
      return {};
    case Plan::kWhole:
      return write_whole(scene, claim);
    case Plan::kGoOn:
      note_fault({});
      break;
  }
  return write_waiting(scene);
}

/// Reads the state of Redis for load(). No other daemon changes it while this one holds the lease.
Result<void> RedisOwner::show_first(RedisScene& scene) {
  {
    const std::lock_guard lock(mutex_);
    if (first_ == First::kSeen) return {};
  }
  TRY(auto state, scene.read());
  std::optional<Snapshot> remote;
  if (state) {
    const int64_t after = std::max<int64_t>(state->revision - kJournalEntriesMax, 0);
    TRY(auto entries, scene.journal(after, kJournalEntriesMax));
    std::erase_if(entries, [&](const auto& entry) { return entry.revision > state->revision; });
    remote = Snapshot{std::move(*state), std::move(entries)};
  }
  const std::lock_guard lock(mutex_);
  if (has_chosen_state_) return {};
  remote_ = std::move(remote);
  first_ = First::kSeen;
  fault_.clear();
  update_gauges();
  changed_.notify_all();
  return {};
}

RedisOwner::Plan RedisOwner::plan_for(const RedisScene::Claim& claim) {
  const std::lock_guard lock(mutex_);
  const bool is_ours = claim.writer == lease_.writer;
  const bool is_nothing = claim.writer.empty() && claim.revision == 0;
  if (is_nothing || is_ours || claim.revision == common_) foreign_ = 0;
  if (is_ours || is_nothing) {
    replicated_ = std::min(claim.revision, backlog_.newest());
  } else if (claim.revision != common_) {
    if (foreign_ == 0 && claim.revision > backlog_.newest()) foreign_ = claim.revision;
    if (foreign_ != 0) {
      fault_ = "Redis has revision " + std::to_string(foreign_) +
               " of another daemon, which was unavailable at the start; this daemon keeps its "
               "own state and does not write to Redis. Restart it to load the newer of the two";
      update_gauges();
      return Plan::kKeepOff;
    }
  }
  if (backlog_.needs_whole()) return Plan::kWhole;
  if (is_nothing) {
    return backlog_.base() == 0 && !in_flight_ ? Plan::kGoOn : Plan::kWhole;
  }
  if (!is_ours) return Plan::kWhole;
  const bool goes_on =
      in_flight_ ? claim.revision == in_flight_->base || claim.revision == in_flight_->revision
                 : claim.revision == backlog_.base();
  return goes_on ? Plan::kGoOn : Plan::kWhole;
}

/// Writes the whole state: Redis has lost part of it, or has that of another writer.
Result<void> RedisOwner::write_whole(RedisScene& scene, const RedisScene::Claim& claim) {
  int64_t kept = 0;  // the revision up to which the journal at Redis stays
  {
    const std::lock_guard lock(mutex_);
    const bool is_known = claim.writer == lease_.writer || claim.revision == common_;
    replicated_ = is_known ? std::min(claim.revision, backlog_.newest()) : 0;
    if (is_known && claim.logged == claim.revision) kept = replicated_;
    backlog_.begin_whole();
    in_flight_.reset();
  }
  const auto written = write_snapshot(scene, kept);
  if (written.ok() && written.value()) {
    note_written(*written.value());
    return {};
  }
  const std::lock_guard lock(mutex_);
  backlog_.require_whole();
  if (!written.ok()) return written.error();
  return {};  // the next claim reports the new holder of the name
}

/// Writes the local state from one transaction. Returns the revision that Redis then has; nullopt
/// when another daemon holds the lease.
Result<std::optional<int64_t>> RedisOwner::write_snapshot(RedisScene& scene, int64_t kept) {
  TRY(auto snapshot, reader_->snapshot(kept));
  if (!snapshot) {  // there is no commit yet, so this is not urgent
    is_stopped_within(kRenewEvery);
    return std::optional<int64_t>(0);
  }
  RemoteWrite write{RemoteWrite::Mode::kWhole,         0,  snapshot->state.revision,    kept,
                    std::move(snapshot->state.header), {}, std::move(snapshot->entries)};
  for (auto& [id, layer] : snapshot->state.layers) write.layers[id] = std::move(layer);
  TRY(const auto outcome, replication_.measured([&] { return scene.write(lease_, write); }));
  if (outcome != RedisScene::Outcome::kWritten) return std::optional<int64_t>();
  return std::optional(write.revision);
}

/// Writes commits to Redis as they come, until the lease must be renewed or Redis has an unexpected
/// revision.
Result<void> RedisOwner::write_waiting(RedisScene& scene) {
  const auto deadline = steady_clock::now() + kRenewEvery;
  while (steady_clock::now() < deadline) {
    {
      std::unique_lock lock(mutex_);
      if (!in_flight_) {
        changed_.wait_until(lock, deadline, [&] {
          return is_stopping_ || !backlog_.is_empty() || backlog_.needs_whole();
        });
      }
      if (is_stopping_ || backlog_.needs_whole()) return {};
      if (!in_flight_ && backlog_.is_empty()) return {};
    }
    TRY(const auto outcome, write_next(scene));
    if (outcome == RedisScene::Outcome::kWritten) continue;
    if (outcome == RedisScene::Outcome::kConflict) {
      const std::lock_guard lock(mutex_);
      backlog_.require_whole();
      in_flight_.reset();
    }
    return {};
  }
  return {};
}

Result<RedisScene::Outcome> RedisOwner::write_next(RedisScene& scene) {
  if (!in_flight_) {
    const std::lock_guard lock(mutex_);
    if (backlog_.is_empty()) return RedisScene::Outcome::kWritten;
    in_flight_ = backlog_.take();
  }
  TRY(const auto outcome, replication_.measured([&] { return scene.write(lease_, *in_flight_); }));
  if (outcome == RedisScene::Outcome::kWritten) {
    note_written(in_flight_->revision);
    in_flight_.reset();
  }
  return outcome;
}

void RedisOwner::say_goodbye(RedisScene& scene) {
  bool is_writable = false;
  {
    const std::lock_guard lock(mutex_);
    is_writable = has_chosen_state_ && fault_.empty() && !backlog_.needs_whole();
  }
  // Commits that cannot be written now are in the local journal, and the next daemon writes them.
  for (bool is_more = is_writable; is_more;) {
    const auto outcome = write_next(scene);
    if (!outcome.ok()) return;
    const std::lock_guard lock(mutex_);
    is_more = outcome.value() == RedisScene::Outcome::kWritten && !backlog_.is_empty();
  }
  const auto released = scene.release(lease_);
  static_cast<void>(released);  // the lease expires by itself
}

void RedisOwner::note_taken(const std::string& holder) {
  const std::lock_guard lock(mutex_);
  holder_ = holder;
  if (first_ == First::kPending || first_ == First::kFailed) first_ = First::kTaken;
  fault_ = "the scene name is now in use by the " + holder +
           "; this daemon keeps its own state and does not write to Redis";
  update_gauges();
  changed_.notify_all();
}

void RedisOwner::note_fault(const std::string& reason) {
  const std::lock_guard lock(mutex_);
  fault_ = reason;
  update_gauges();
}

void RedisOwner::note_written(int64_t revision) {
  const std::lock_guard lock(mutex_);
  backlog_.forget(revision);
  replicated_ = revision;
  fault_.clear();
  update_gauges();
}

bool RedisOwner::is_stopped_within(milliseconds patience) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, patience, [&] { return is_stopping_; });
}

void RedisOwner::update_gauges() {
  const StoreHealth health = locked_health();
  gauges_.reachable->set(health.is_reachable ? 1 : 0);
  gauges_.waiting_entries->set(static_cast<double>(health.waiting_entries));
}

}  // namespace layercast::store
