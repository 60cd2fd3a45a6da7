#include "tests/store/made_commits.h"
#include "tests/store/redis_server.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <gmock/gmock.h>
#include <random>
#include <thread>

namespace layercast::store::test {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::Not;

// How often each fault is repeated in one run; --gtest_repeat=N has more of all of them.
constexpr int kKills = 20;  // about 0.25 s each
constexpr int kFlushes = 20;
constexpr int kFreezes = 4;    // 1.5 s each: a frozen Redis is noticed after 1 s
constexpr int kFailovers = 2;  // about 4 s each, most of it the Sentinel's

/// Well below the second after which a silent Redis is given up, well above what a disk takes.
constexpr milliseconds kCommitMax{800};

StoreRequest request_for(const std::string& uri, const TemporaryFolder& folder,
                         Role role = Role::kOwner) {
  return {uri, "auction", role, folder.path()};
}

/// A store that is changed all the time, and how long that took.
class Daemon {
 public:
  explicit Daemon(const StoreRequest& request) {
    const auto start = steady_clock::now();
    auto store = open_store(request, metrics_);
    EXPECT_TRUE(store.ok()) << store.error().to_string();
    if (!store.ok()) return;
    store_ = std::move(store).value();
    const auto state = loaded(*store_);
    start_time_ = steady_clock::now() - start;
    if (!state) return;
    revision_ = state->revision;
    EXPECT_EQ(*state, state_at(revision_));
  }

  StateStore& store() { return *store_; }
  base::Metrics& metrics() { return metrics_; }
  int64_t revision() const { return revision_; }
  steady_clock::duration start_time() const { return start_time_; }
  steady_clock::duration longest() const { return longest_; }

  void commit(int count = 1) {
    const Commit commit = commit_at(revision_ + 1, count);
    const auto start = steady_clock::now();
    ASSERT_OK(store_->commit(commit));
    longest_ = std::max(longest_, steady_clock::now() - start);
    revision_ += count;
  }
  void commit_for(milliseconds duration) {
    const auto deadline = steady_clock::now() + duration;
    do {
      commit(1 + static_cast<int>(revision_ % 3));
      std::this_thread::sleep_for(milliseconds(1));
    } while (steady_clock::now() < deadline);
  }
  template <class Condition>
  bool commit_until(const Condition& is_so, milliseconds patience) {
    const auto deadline = steady_clock::now() + patience;
    while (!is_so()) {
      if (steady_clock::now() > deadline) return false;
      commit_for(milliseconds(5));
    }
    return true;
  }

  bool is_caught_up() const {
    const StoreHealth health = store_->health();
    return health.is_reachable && health.waiting_entries == 0;
  }
  /// Everything that was committed is at this Redis, and nothing else.
  void expect_all_at(RedisClient client) {
    const StoredState expected = state_at(revision_);
    const bool is_there =
        eventually([&] { return is_caught_up() && client.state("auction") == expected; });
    EXPECT_TRUE(is_there) << store_->health().reason << ", waiting "
                          << store_->health().waiting_entries;
    EXPECT_EQ(client.state("auction"), expected);
    EXPECT_THAT(client.journal("auction"), ElementsAreArray(newest_entries(client)));
  }
  void expect_all_at(const RedisServer& server) { expect_all_at(server.client()); }

 private:
  /// As many as Redis has of the journal, but the newest and without a gap.
  std::vector<JournalEntry> newest_entries(RedisClient& client) const {
    const auto count = static_cast<int64_t>(client.journal("auction").size());
    EXPECT_GE(count, std::min<int64_t>(revision_, 10'000));
    return entries_at(revision_ - count + 1, revision_);
  }

  base::Metrics metrics_;
  std::unique_ptr<StateStore> store_;
  int64_t revision_ = 0;
  steady_clock::duration longest_{};
  steady_clock::duration start_time_{};
};

void report(const char* fault, const Daemon& daemon) {
  std::printf("%s: longest commit %.1f ms of %lld\n", fault,
              std::chrono::duration<double, std::milli>(daemon.longest()).count(),
              static_cast<long long>(daemon.revision()));
}

// ---- Round trips --------------------------------------------------------------------------------

TEST(RedisStore, BringsEveryCommitToRedisInOrder) {
  const RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  EXPECT_EQ(daemon.revision(), 0);
  for (const int count : {1, 50, 1, 3}) {
    daemon.commit(count);
    daemon.expect_all_at(server);
  }
  EXPECT_THAT(daemon.store().journal(10, 5).value(), ElementsAreArray(entries_at(11, 15)));
  ASSERT_OK(daemon.store().commit({{{56, "c"}}, "h", Commit::Layers::kAll, {{"only", "x"}}, {}}));
  EXPECT_TRUE(eventually([&] {
    return server.client().state("auction") == StoredState{56, "h", {{"only", "x"}}};
  }));
}

TEST(RedisStore, ChangeWithoutARevisionArrivesToo) {
  const RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  daemon.commit(5);
  ASSERT_OK(daemon.store().commit({{}, "other", Commit::Layers::kSome, {{"x", "1"}}, {"layer-7"}}));
  EXPECT_TRUE(eventually([&] { return server.client().state("auction").header == "other"; }));
  daemon.commit(5);
  EXPECT_TRUE(eventually([&] { return server.client().state("auction").revision == 10; }));
}

TEST(RedisStore, ComesBackAsItWas) {
  const RedisServer server;
  const TemporaryFolder folder;
  { Daemon(request_for(server.uri(), folder)).commit(40); }
  EXPECT_EQ(server.client().state("auction"), state_at(40));
  EXPECT_THAT(server.client().command({"EXISTS", "{auction}:owner"}), ElementsAreArray({"0"}));
  Daemon daemon(request_for(server.uri(), folder));
  EXPECT_EQ(daemon.revision(), 40);
  daemon.commit();
  daemon.expect_all_at(server);
}

TEST(RedisStore, FreshMachineTakesWhatRedisHas) {
  const RedisServer server;
  const TemporaryFolder old_folder;
  const TemporaryFolder new_folder;
  { Daemon(request_for(server.uri(), old_folder)).commit(40); }
  Daemon daemon(request_for(server.uri(), new_folder));
  EXPECT_EQ(daemon.revision(), 40);
  EXPECT_THAT(daemon.store().journal(0, 100).value(), ElementsAreArray(entries_at(1, 40)));
  daemon.commit();
  daemon.expect_all_at(server);
}

TEST(RedisStore, SocketPasswordAndDatabaseAreUsed) {
  const TemporaryFolder sockets;
  const std::string socket = sockets / "r.sock";
  const RedisServer server({"unixsocket " + socket, "requirepass secret"});
  const TemporaryFolder folder;
  Daemon daemon(request_for("redis+unix://:secret@" + socket + "?db=3", folder));
  daemon.commit(7);
  RedisClient client = server.client("secret");
  client.command({"SELECT", "3"});
  daemon.expect_all_at(std::move(client));

  const TemporaryFolder other;
  Daemon wrong(
      request_for("redis://:wrongsecret@127.0.0.1:" + std::to_string(server.port()), other));
  wrong.commit();
  EXPECT_TRUE(eventually([&] { return !wrong.store().health().is_reachable; }));
  EXPECT_THAT(wrong.store().health().reason,
              AllOf(HasSubstr("WRONGPASS"), Not(HasSubstr("secret"))));
}

TEST(RedisStore, JournalAtRedisIsBounded) {
  const RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  for (int i = 0; i < 50; ++i) daemon.commit(500);
  daemon.expect_all_at(server);
  EXPECT_LE(server.client().journal("auction").size(), 11'500U);
}

TEST(RedisStore, KilledDaemonLosesNothingThatItAcknowledged) {
  const RedisServer server;
  const TemporaryFolder folder;
  std::minstd_rand random(5);
  int64_t acknowledged = 0;
  for (int i = 0; i < kKills; ++i) {
    CommittingChild child(request_for(server.uri(), folder));
    const int count = std::uniform_int_distribution<int>(1, 30)(random);
    for (int n = 0; n < count; ++n) {
      const int64_t revision = child.next();
      ASSERT_EQ(revision, acknowledged + 1);
      acknowledged = revision;
    }
    child.kill();
    while (const int64_t revision = child.next()) acknowledged = revision;
    Daemon daemon(request_for(server.uri(), folder));
    ASSERT_GE(daemon.revision(), acknowledged);
    ASSERT_LE(daemon.revision(), acknowledged + 1);
    daemon.expect_all_at(server);
    acknowledged = daemon.revision();
  }
}

// ---- Faults of Redis ----------------------------------------------------------------------------

TEST(RedisFault, KilledAndRestartedEmptyRedisGetsEverythingAgain) {
  RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  for (int i = 0; i < kKills; ++i) {
    daemon.commit_for(milliseconds(20));
    server.kill();
    daemon.commit_for(milliseconds(40));
    EXPECT_TRUE(eventually([&] { return !daemon.store().health().is_reachable; }));
    EXPECT_GT(daemon.store().health().waiting_entries, 0);
    server.start();
    daemon.commit_for(milliseconds(20));
    daemon.expect_all_at(server);
  }
  EXPECT_LT(daemon.longest(), kCommitMax);
  EXPECT_GE(daemon.metrics().counter({"store_reconnects_total", ""})->value(), kKills);
  report("killed", daemon);
}

TEST(RedisFault, FrozenRedisIsNoticedAndGetsEverythingWhenItThaws) {
  RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  for (int i = 0; i < kFreezes; ++i) {
    daemon.commit_for(milliseconds(20));
    server.freeze();
    EXPECT_TRUE(daemon.commit_until([&] { return !daemon.store().health().is_reachable; },
                                    milliseconds(2500)));
    server.thaw();
    daemon.commit_for(milliseconds(20));
    daemon.expect_all_at(server);
  }
  EXPECT_LT(daemon.longest(), kCommitMax);
  report("frozen", daemon);
}

TEST(RedisFault, FlushedRedisGetsEverythingAgainEvenWhenNothingChanges) {
  const RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  daemon.commit_for(milliseconds(20));
  daemon.expect_all_at(server);
  server.client().command({"FLUSHALL"});
  daemon.expect_all_at(server);
  for (int i = 0; i < kFlushes; ++i) {
    server.client().command({"FLUSHALL"});
    daemon.commit_for(milliseconds(30));
    daemon.expect_all_at(server);
  }
  EXPECT_LT(daemon.longest(), kCommitMax);
  report("flushed", daemon);
}

TEST(RedisFault, StateThatSomebodyChangedIsWrittenAnew) {
  const RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  for (const char* revision : {"3", "99999", "0", "x", "12x", "-4"}) {
    daemon.commit_for(milliseconds(20));
    daemon.expect_all_at(server);
    server.client().command({"HSET", "{auction}:meta", "rev", revision});
    daemon.commit();
    daemon.expect_all_at(server);
  }
}

TEST(RedisFault, CutConnectionsLoseAndRepeatNothing) {
  const RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  for (int i = 0; i < kKills; ++i) {
    daemon.commit_for(milliseconds(15));
    server.client().command({"CLIENT", "KILL", "TYPE", "normal"});
  }
  daemon.commit();
  daemon.expect_all_at(server);
}

TEST(RedisFault, RedisThatComesLaterGetsWhatWasKeptHere) {
  RedisServer server;
  server.kill();
  const TemporaryFolder folder;
  {
    Daemon daemon(request_for(server.uri(), folder));
    EXPECT_LT(daemon.start_time(), milliseconds(3500));
    EXPECT_FALSE(daemon.store().health().is_reachable);
    EXPECT_THAT(daemon.store().health().reason, HasSubstr("refused"));
    daemon.commit(30);
    EXPECT_EQ(daemon.store().health().waiting_entries, 30);
  }
  Daemon daemon(request_for(server.uri(), folder));
  EXPECT_EQ(daemon.revision(), 30);
  EXPECT_LT(daemon.start_time(), milliseconds(1000));
  server.start();
  daemon.commit_for(milliseconds(20));
  daemon.expect_all_at(server);
}

TEST(RedisFault, FrozenRedisDelaysTheStartByTwoSecondsAtMost) {
  RedisServer server;
  const TemporaryFolder folder;
  { Daemon(request_for(server.uri(), folder)).commit(5); }
  server.freeze();
  const TemporaryFolder fresh;
  for (const TemporaryFolder* used : {&folder, &fresh}) {
    Daemon daemon(request_for(server.uri(), *used));
    EXPECT_LT(daemon.start_time(), milliseconds(3500));
  }
}

// A Sentinel learns of replicas every 10 s, so each failover has servers of its own.
void fail_over() {
  RedisServer master;
  const RedisServer replica({"replicaof 127.0.0.1 " + std::to_string(master.port())});
  RedisClient watched = replica.client();
  ASSERT_TRUE(eventually([&] {
    return watched.text({"INFO", "replication"}).find("master_link_status:up") != std::string::npos;
  }));
  const RedisServer sentinel(
      {"sentinel monitor mymaster 127.0.0.1 " + std::to_string(master.port()) + " 1",
       "sentinel down-after-milliseconds mymaster 300", "sentinel failover-timeout mymaster 2000"},
      RedisServer::Kind::kSentinel);
  RedisClient asked = sentinel.client();
  ASSERT_TRUE(eventually([&] {
    return !asked.command({"SENTINEL", "replicas", "mymaster"}).empty();
  }));
  const TemporaryFolder folder;
  Daemon daemon(request_for(
      "redis+sentinel://127.0.0.1:" + std::to_string(sentinel.port()) + "/mymaster", folder));
  daemon.commit_for(milliseconds(50));
  daemon.expect_all_at(master);
  ASSERT_TRUE(eventually([&] { return watched.state("auction").revision == daemon.revision(); }));
  master.kill();
  ASSERT_TRUE(daemon.commit_until(
      // The Sentinel cuts the connections of whom it promotes, so this one is new.
      [&] {
        return replica.client().text({"ROLE"}) == "master" && daemon.store().health().is_reachable;
      },
      std::chrono::seconds(20)))
      << daemon.store().health().reason << "\n"
      << sentinel.log();
  daemon.expect_all_at(replica);
  EXPECT_LT(daemon.longest(), kCommitMax);
  report("failed over", daemon);
}

TEST(RedisFault, FailoverBySentinelLosesNothing) {
  for (int i = 0; i < kFailovers; ++i) fail_over();
}

// ---- Who owns the scene -------------------------------------------------------------------------

base::Error refusal_of(const StoreRequest& request) {
  base::Metrics metrics;
  auto store = open_store(request, metrics);
  EXPECT_FALSE(store.ok());
  return store.ok() ? base::Error{} : store.error();
}

TEST(RedisOwnership, SecondDaemonIsRefusedHereAndElsewhere) {
  const RedisServer server;
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  Daemon daemon(request_for(server.uri(), folder));
  daemon.commit();
  for (const TemporaryFolder* other : {&folder, &elsewhere}) {
    const auto error = refusal_of(request_for(server.uri(), *other));
    EXPECT_EQ(error.code, ErrorCode::kConflict);
    EXPECT_THAT(error.to_string(), AllOf(HasSubstr("auction"), HasSubstr("--follow"),
                                         HasSubstr("process " + std::to_string(::getpid()))));
  }
  daemon.commit();
  daemon.expect_all_at(server);
}

TEST(RedisOwnership, KilledDaemonsNameIsFreeHereAtOnceAndElsewhereWhenTheLeaseEnds) {
  const RedisServer server;
  const TemporaryFolder folder;
  const TemporaryFolder elsewhere;
  {
    CommittingChild child(request_for(server.uri(), folder));
    EXPECT_EQ(child.next(), 1);
    child.kill();
  }
  EXPECT_EQ(refusal_of(request_for(server.uri(), elsewhere)).code, ErrorCode::kConflict);
  {
    CommittingChild child(request_for(server.uri(), folder));
    EXPECT_GT(child.next(), 1);
    child.kill();
  }
  EXPECT_TRUE(eventually([&] {
    base::Metrics metrics;
    return open_store(request_for(server.uri(), elsewhere), metrics).ok();
  }));
}

TEST(RedisOwnership, WhoLosesTheNameWhileRedisWasAwayKeepsOffAndGoesOn) {
  RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  daemon.commit(10);
  daemon.expect_all_at(server);
  server.client().command({"SET", "{auction}:owner", "else process 7 on host-b", "PX", "60000"});
  server.client().command(
      {"HSET", "{auction}:meta", "rev", "12", "owner", "else", "header", "new"});
  daemon.commit();
  EXPECT_TRUE(eventually([&] { return !daemon.store().health().is_reachable; }));
  daemon.commit_for(milliseconds(1500));
  EXPECT_THAT(daemon.store().health().reason, HasSubstr("process 7 on host-b"));
  EXPECT_GT(daemon.store().health().waiting_entries, 0);
  RedisClient client = server.client();
  EXPECT_EQ(client.text({"GET", "{auction}:owner"}), "else process 7 on host-b");
  EXPECT_EQ(client.state("auction").header, "new");
  EXPECT_EQ(loaded(daemon.store()), state_at(daemon.revision()));
  // The other one ends with an older state than ours: ours goes on.
  client.command({"DEL", "{auction}:owner"});
  daemon.expect_all_at(server);
}

TEST(RedisOwnership, NewerStateOfAnotherDaemonIsNotWrittenOver) {
  RedisServer server;
  RedisClient client = server.client();
  client.command({"HSET", "{auction}:meta", "rev", "500", "owner", "else", "header", "new"});
  server.freeze();
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));  // knows nothing: Redis does not answer
  daemon.commit(3);
  server.thaw();
  EXPECT_TRUE(eventually(
      [&] { return daemon.store().health().reason.find("revision 500") != std::string::npos; }));
  for (int i = 0; i < 6; ++i) daemon.commit(100);
  daemon.commit_for(milliseconds(1200));
  EXPECT_EQ(client.state("auction"), (StoredState{500, "new", {}}));
  EXPECT_FALSE(daemon.store().health().is_reachable);
  client.command({"DEL", "{auction}:meta"});
  daemon.expect_all_at(server);
}

TEST(RedisOwnership, RevisionThatIsNoNumberIsReportedAndNotWrittenOver) {
  const RedisServer server;
  RedisClient client = server.client();
  client.command({"HSET", "{auction}:meta", "rev", "12x", "owner", "else", "header", "new"});
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  EXPECT_FALSE(daemon.store().health().is_reachable);
  EXPECT_THAT(daemon.store().health().reason,
              AllOf(HasSubstr("rev of {auction}:meta at Redis is \"12x\""),
                    HasSubstr("expected a revision"), HasSubstr("delete the key")));
  daemon.commit_for(milliseconds(1200));
  EXPECT_EQ(client.text({"HGET", "{auction}:meta", "rev"}), "12x");
  client.command({"DEL", "{auction}:meta"});
  daemon.expect_all_at(server);
}

// ---- Followers ----------------------------------------------------------------------------------

TEST(RedisFollower, SeesEveryNewerRevisionThroughFaults) {
  RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  base::Metrics metrics;
  auto follower = open_store(request_for(server.uri(), folder, Role::kFollower), metrics).value();
  EXPECT_FALSE(follower->wait_for_newer(0, milliseconds(10)).value());
  EXPECT_EQ(loaded(*follower), std::nullopt);
  EXPECT_EQ(follower->commit(commit_at(1)).error().code, ErrorCode::kConflict);
  int64_t seen = 0;
  for (int i = 0; i < 30; ++i) {
    if (i == 10) server.client().command({"CLIENT", "KILL", "TYPE", "pubsub"});
    if (i == 20) {
      server.kill();
      server.start();
    }
    daemon.commit(1 + i % 3);
    while (seen < daemon.revision()) {
      ASSERT_TRUE(follower->wait_for_newer(seen, std::chrono::seconds(10)).value());
      const auto state = follower->load();
      if (!state.ok() || !state.value()) continue;
      ASSERT_EQ(in_order(*state.value()), state_at(state.value()->revision));
      seen = std::max(seen, state.value()->revision);
    }
  }
  EXPECT_THAT(follower->journal(0, 1000).value(), ElementsAreArray(entries_at(1, seen)));
  EXPECT_TRUE(follower->health().is_reachable);
}

TEST(RedisFollower, HearsOfACommitAtOnce) {
  const RedisServer server;
  const TemporaryFolder folder;
  Daemon daemon(request_for(server.uri(), folder));
  daemon.commit();
  base::Metrics metrics;
  auto follower = open_store(request_for(server.uri(), folder, Role::kFollower), metrics).value();
  ASSERT_TRUE(follower->wait_for_newer(0, std::chrono::seconds(10)).value());
  std::vector<milliseconds> delays;
  for (int i = 0; i < 20; ++i) {
    const int64_t known = daemon.revision();
    daemon.commit();
    const auto committed = steady_clock::now();
    ASSERT_TRUE(follower->wait_for_newer(known, std::chrono::seconds(10)).value());
    delays.push_back(std::chrono::duration_cast<milliseconds>(steady_clock::now() - committed));
  }
  std::ranges::sort(delays);
  EXPECT_LT(delays[10], milliseconds(100));
}

TEST(RedisFollower, WaitIsStoppedAtOnceEvenWhenRedisIsFrozen) {
  RedisServer server;
  const TemporaryFolder folder;
  base::Metrics metrics;
  auto follower = open_store(request_for(server.uri(), folder, Role::kFollower), metrics).value();
  EXPECT_TRUE(eventually([&] { return follower->health().is_reachable; }));
  server.freeze();
  std::thread stopper([&] { follower->stop_waiting(); });
  const auto start = steady_clock::now();
  EXPECT_FALSE(follower->wait_for_newer(0, std::chrono::seconds(20)).value());
  stopper.join();
  EXPECT_LT(steady_clock::now() - start, milliseconds(500));
  EXPECT_TRUE(eventually([&] { return !follower->health().is_reachable; }));
  EXPECT_FALSE(follower->load().ok());
}

}  // namespace
}  // namespace layercast::store::test
