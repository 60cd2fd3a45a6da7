#include "store/sqlite_store.h"

#include "tests/store/made_commits.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <gmock/gmock.h>
#include <random>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>

namespace layercast::store::test {
namespace {

using base::ErrorCode;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using ::testing::AllOf;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr int kKills = 20;
constexpr int kFullDisks = 20;

StoreRequest request_for(const std::string& path, Role role = Role::kOwner) {
  return {"sqlite:" + path, "auction", role, {}};
}

std::unique_ptr<StateStore> opened(const StoreRequest& request) {
  base::Metrics metrics;
  auto store = open_store(request, metrics);
  EXPECT_TRUE(store.ok()) << (store.ok() ? "" : store.error().to_string());
  return store.ok() ? std::move(store).value() : nullptr;
}

base::Error refusal_of(const StoreRequest& request) {
  base::Metrics metrics;
  auto store = open_store(request, metrics);
  EXPECT_FALSE(store.ok());
  return store.ok() ? base::Error{} : store.error();
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// ---- What every store does ----------------------------------------------------------------------

class LocalStore : public ::testing::TestWithParam<const char*> {
 protected:
  std::unique_ptr<StateStore> open() const {
    const std::string uri =
        GetParam() + (std::string(GetParam()) == "memory:" ? "" : folder_ / "s.db");
    return opened({uri, "auction", Role::kOwner, {}});
  }
  TemporaryFolder folder_;
};

TEST_P(LocalStore, HasNothingAtFirst) {
  const auto store = open();
  EXPECT_EQ(loaded(*store), std::nullopt);
  EXPECT_THAT(store->journal(0, 10).value(), IsEmpty());
  EXPECT_TRUE(store->health().is_reachable);
}

TEST_P(LocalStore, HoldsWhatWasCommittedOneByOneAndInGroups) {
  const auto store = open();
  int64_t revision = 0;
  for (const int count : {1, 1, 50, 3, 1, 120}) {
    ASSERT_OK(store->commit(commit_at(revision + 1, count)));
    revision += count;
    ASSERT_EQ(loaded(*store), state_at(revision));
  }
  EXPECT_THAT(store->journal(0, 1000).value(), ElementsAreArray(entries_at(1, revision)));
  EXPECT_THAT(store->journal(30, 5).value(), ElementsAreArray(entries_at(31, 35)));
  EXPECT_THAT(store->journal(revision, 5).value(), IsEmpty());
}

TEST_P(LocalStore, CommitOfAllLayersLeavesNoOther) {
  const auto store = open();
  ASSERT_OK(store->commit(commit_at(1, 40)));
  Commit all{{entry_at(41)}, "h", Commit::Layers::kAll, {{"only", ""}}, {}};
  ASSERT_OK(store->commit(all));
  EXPECT_EQ(loaded(*store), (StoredState{41, "h", {{"only", ""}}}));
}

TEST_P(LocalStore, RefusesARevisionThatGoesBackAndKeepsNothingOfIt) {
  const auto store = open();
  ASSERT_OK(store->commit(commit_at(1, 10)));
  Commit commit = commit_at(11, 2);
  commit.entries[1].revision = 5;
  EXPECT_EQ(store->commit(commit).error().code, ErrorCode::kInternal);
  EXPECT_EQ(loaded(*store), state_at(10));
  ASSERT_OK(store->commit(commit_at(11)));
  EXPECT_THAT(store->journal(9, 10).value(), ElementsAreArray(entries_at(10, 11)));
}

TEST_P(LocalStore, JournalKeepsItsNewestEntries) {
  const auto store = open();
  for (int64_t revision = 0; revision < 25'000; revision += 500) {
    ASSERT_OK(store->commit(commit_at(revision + 1, 500)));
  }
  const auto entries = store->journal(0, 100'000).value();
  EXPECT_GE(entries.size(), 10'000U);
  EXPECT_LE(entries.size(), 11'500U);
  EXPECT_THAT(entries, ElementsAreArray(entries_at(entries[0].revision, 25'000)));
}

TEST_P(LocalStore, WaitEndsInTimeOrWhenItIsStopped) {
  const auto store = open();
  ASSERT_OK(store->commit(commit_at(1)));
  EXPECT_TRUE(store->wait_for_newer(0, milliseconds(0)).value());
  EXPECT_FALSE(store->wait_for_newer(1, milliseconds(20)).value());
  const auto start = steady_clock::now();
  std::thread stopper([&] { store->stop_waiting(); });
  EXPECT_FALSE(store->wait_for_newer(1, std::chrono::seconds(20)).value());
  stopper.join();
  EXPECT_LT(steady_clock::now() - start, std::chrono::seconds(5));
}

INSTANTIATE_TEST_SUITE_P(All, LocalStore, ::testing::Values("sqlite:", "memory:"),
                         [](const auto& param) { return std::string(param.param).substr(0, 6); });

TEST(MemoryStore, CannotBeFollowed) {
  EXPECT_EQ(refusal_of({"memory:", "auction", Role::kFollower, {}}).code, ErrorCode::kInvalidInput);
}

// ---- SQLite -------------------------------------------------------------------------------------

TEST(SqliteStore, IsThereAfterReopening) {
  const TemporaryFolder folder;
  ASSERT_OK(opened(request_for(folder / "s.db"))->commit(commit_at(1, 77)));
  const auto store = opened(request_for(folder / "s.db"));
  EXPECT_EQ(loaded(*store), state_at(77));
  EXPECT_THAT(store->journal(0, 100).value(), ElementsAreArray(entries_at(1, 77)));
}

TEST(SqliteStore, IsItsUsersAlone) {
  const TemporaryFolder folder;
  const auto store = opened(request_for(folder / "a/b/s.db"));
  ASSERT_OK(store->commit(commit_at(1)));
  EXPECT_EQ(mode_of(folder / "a"), 0700U);
  EXPECT_EQ(mode_of(folder / "a/b"), 0700U);
  EXPECT_EQ(mode_of(folder / "a/b/s.db"), 0600U);
  EXPECT_EQ(mode_of(folder / "a/b/s.db-wal"), 0600U);
  EXPECT_EQ(mode_of(folder / "a/b/s.db.auction.lock"), 0600U);
}

TEST(SqliteStore, ScenesOfOneFileAreApart) {
  const TemporaryFolder folder;
  const auto a = opened(request_for(folder / "s.db"));
  StoreRequest other = request_for(folder / "s.db");
  other.scene = "../x y";
  const auto b = opened(other);
  ASSERT_OK(a->commit(commit_at(1, 5)));
  ASSERT_OK(b->commit(commit_at(1, 9)));
  ASSERT_OK(a->commit({{entry_at(6)}, header_at(6), Commit::Layers::kAll, {}, {}}));
  EXPECT_EQ(loaded(*b), state_at(9));
  EXPECT_THAT(b->journal(0, 100).value(), ElementsAreArray(entries_at(1, 9)));
}

TEST(SqliteStore, TwoDaemonsMayMakeTheFileAtOnce) {
  for (int i = 0; i < 40; ++i) {
    const TemporaryFolder folder;
    std::vector<std::thread> threads;
    for (int scene = 0; scene < 4; ++scene) {
      threads.emplace_back([&, scene] {
        StoreRequest request = request_for(folder / "s.db");
        request.scene += std::to_string(scene);
        const auto store = opened(request);
        ASSERT_NE(store, nullptr);
        ASSERT_OK(store->commit(commit_at(1)));
      });
    }
    for (auto& thread : threads) thread.join();
  }
}

TEST(SqliteStore, SecondOwnerIsRefusedAndTold) {
  const TemporaryFolder folder;
  const auto first = opened(request_for(folder / "s.db"));
  const auto error = refusal_of(request_for(folder / "s.db"));
  EXPECT_EQ(error.code, ErrorCode::kConflict);
  EXPECT_THAT(error.to_string(), AllOf(HasSubstr("auction"), HasSubstr("--follow"),
                                       HasSubstr("process " + std::to_string(::getpid()))));
}

TEST(SqliteStore, FileOfANewerVersionIsRefused) {
  const TemporaryFolder folder;
  opened(request_for(folder / "s.db"));
  auto database = SqliteDatabase::open(folder / "s.db", SqliteDatabase::Access::kWrite).value();
  ASSERT_OK(database.execute("PRAGMA user_version = 99"));
  const auto error = refusal_of(request_for(folder / "s.db"));
  EXPECT_EQ(error.code, ErrorCode::kUnsupported);
  EXPECT_THAT(error.to_string(), AllOf(HasSubstr(folder / "s.db"), HasSubstr("newer version")));
}

TEST(SqliteStore, ForeignFilesAreRefusedAndStayAsTheyAre) {
  const TemporaryFolder folder;
  std::ofstream(folder / "text") << "This is somebody's diary, and longer than a header. " << 4.2;
  const std::string diary = bytes_of(folder / "text");
  EXPECT_THAT(refusal_of(request_for(folder / "text")).to_string(),
              AllOf(HasSubstr(folder / "text"), HasSubstr("not an SQLite database")));
  EXPECT_EQ(bytes_of(folder / "text"), diary);

  std::ofstream(folder / "other.db").close();
  {
    auto other = SqliteDatabase::open(folder / "other.db", SqliteDatabase::Access::kWrite).value();
    ASSERT_OK(other.execute("CREATE TABLE scene (x); INSERT INTO scene VALUES (1)"));
  }
  const std::string before = bytes_of(folder / "other.db");
  EXPECT_THAT(refusal_of(request_for(folder / "other.db")).to_string(),
              AllOf(HasSubstr(folder / "other.db"), HasSubstr("another program")));
  EXPECT_EQ(bytes_of(folder / "other.db"), before);
}

TEST(SqliteStore, DamagedFileIsRefusedAndStaysAsItIs) {
  const TemporaryFolder folder;
  {
    const auto store = opened(request_for(folder / "s.db"));
    ASSERT_OK(store->commit(commit_at(1, 2000)));
  }
  std::string bytes = bytes_of(folder / "s.db");
  ASSERT_GT(bytes.size(), 40'000U);
  for (size_t i = 8192; i < 30'000; ++i) bytes[i] = static_cast<char>(i * 31);
  std::ofstream(folder / "s.db", std::ios::binary) << bytes;
  const auto error = refusal_of(request_for(folder / "s.db"));
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_THAT(error.to_string(), AllOf(HasSubstr(folder / "s.db"), HasSubstr("damaged")));
  EXPECT_EQ(bytes_of(folder / "s.db"), bytes);
}

TEST(SqliteStore, FolderThatCannotBeMadeIsAnIoError) {
  const TemporaryFolder folder;
  std::ofstream(folder / "file").close();
  const auto error = refusal_of(request_for(folder / "file/s.db"));
  EXPECT_EQ(error.code, ErrorCode::kIo);
  EXPECT_THAT(error.to_string(), HasSubstr(folder / "file"));
}

TEST(SqliteStore, AfterKillEverythingAcknowledgedIsThere) {
  const TemporaryFolder folder;
  std::minstd_rand random(4);
  int64_t acknowledged = 0;
  for (int i = 0; i < kKills; ++i) {
    CommittingChild child(request_for(folder / "s.db"));
    const int count = std::uniform_int_distribution<int>(1, 60)(random);
    for (int n = 0; n < count; ++n) {
      const int64_t revision = child.next();
      ASSERT_EQ(revision, acknowledged + 1);
      acknowledged = revision;
    }
    const auto refused = refusal_of(request_for(folder / "s.db"));
    EXPECT_EQ(refused.code, ErrorCode::kConflict);
    EXPECT_THAT(refused.to_string(), HasSubstr(std::to_string(child.process())));
    child.kill();
    while (const int64_t revision = child.next()) acknowledged = revision;
    const auto store = opened(request_for(folder / "s.db"));
    ASSERT_NE(store, nullptr);
    const auto state = loaded(*store);
    ASSERT_TRUE(state.has_value());
    // A commit may be durable whose answer the child did not live to send.
    ASSERT_GE(state->revision, acknowledged);
    ASSERT_LE(state->revision, acknowledged + 1);
    ASSERT_EQ(*state, state_at(state->revision));
    // The child commits on until it is killed, so that the journal may have lost its oldest
    // entries.
    const auto journal = store->journal(0, 100'000).value();
    ASSERT_GE(std::ssize(journal), std::min<int64_t>(state->revision, kJournalEntriesMax));
    ASSERT_THAT(journal, ElementsAreArray(entries_at(journal.front().revision, state->revision)));
    acknowledged = state->revision;
  }
}

// A limit on the size of files is a full disk that needs no mount.
void limit_file_size(rlim_t bytes) {
  rlimit limit{};
  ::getrlimit(RLIMIT_FSIZE, &limit);
  limit.rlim_cur = bytes;
  ::setrlimit(RLIMIT_FSIZE, &limit);
}

enum FullDiskFault : int {
  kNone,
  kNotFull,
  kWrongError,
  kHealthy,
  kChanged,
  kNotWorkingAgain,
  kStillIll,
};

FullDiskFault fill_disk(StateStore& store, const std::string& path) {
  int64_t revision = 0;
  for (int i = 0; i < kFullDisks; ++i) {
    if (!store.commit(commit_at(++revision, 1)).ok()) return kNotWorkingAgain;
    struct stat status {};
    ::stat((path + "-wal").c_str(), &status);
    limit_file_size(static_cast<rlim_t>(status.st_size));
    base::Result<void> result;
    for (int n = 0; n < 2000 && result.ok(); ++n) {
      result = store.commit(commit_at(revision + 1, 50));
      if (result.ok()) revision += 50;
    }
    if (result.ok()) return kNotFull;
    if (result.error().code != ErrorCode::kIo ||
        result.error().to_string().find(path) == std::string::npos) {
      return kWrongError;
    }
    if (store.health().is_reachable || store.health().reason.empty()) return kHealthy;
    auto state = store.load();
    if (!state.ok() || in_order(*state.value()) != state_at(revision)) return kChanged;
    limit_file_size(RLIM_INFINITY);
    if (!store.commit(commit_at(revision + 1)).ok()) return kNotWorkingAgain;
    ++revision;
    state = store.load();
    if (!state.ok() || in_order(*state.value()) != state_at(revision)) return kChanged;
    if (!store.health().is_reachable) return kStillIll;
  }
  return kNone;
}

TEST(SqliteStore, FullDiskIsAnErrorThatChangesNothingAndEndsWithItself) {
  const TemporaryFolder folder;
  Child child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto store = opened(request_for(folder / "s.db"));
    ::_exit(fill_disk(*store, folder / "s.db"));
  });
  EXPECT_EQ(child.status(), kNone);
}

TEST(SqliteStore, FollowerWaitsForTheFileAndSeesEveryRevision) {
  const TemporaryFolder folder;
  const auto follower = opened(request_for(folder / "s.db", Role::kFollower));
  ASSERT_NE(follower, nullptr);
  EXPECT_EQ(loaded(*follower), std::nullopt);
  EXPECT_FALSE(follower->wait_for_newer(0, milliseconds(10)).value());
  EXPECT_EQ(follower->commit(commit_at(1)).error().code, ErrorCode::kConflict);
  const auto owner = opened(request_for(folder / "s.db"));
  std::atomic<int64_t> seen = 0;
  std::thread reader([&] {
    while (seen < 200) {
      ASSERT_TRUE(follower->wait_for_newer(seen, std::chrono::seconds(10)).value());
      const auto state = loaded(*follower);
      ASSERT_TRUE(state.has_value());
      ASSERT_GT(state->revision, seen);
      ASSERT_EQ(*state, state_at(state->revision));
      seen = state->revision;
    }
  });
  for (int64_t revision = 1; revision <= 200; ++revision) {
    ASSERT_OK(owner->commit(commit_at(revision)));
    while (revision % 20 == 0 && seen < revision) std::this_thread::yield();
  }
  reader.join();
  EXPECT_THAT(follower->journal(0, 1000).value(), ElementsAreArray(entries_at(1, 200)));
}

TEST(SqliteStore, FollowerSeesACommitSoon) {
  const TemporaryFolder folder;
  const auto owner = opened(request_for(folder / "s.db"));
  const auto follower = opened(request_for(folder / "s.db", Role::kFollower));
  std::vector<milliseconds> delays;
  for (int64_t revision = 1; revision <= 20; ++revision) {
    steady_clock::time_point committed;
    std::thread writer([&] {
      ASSERT_OK(owner->commit(commit_at(revision)));
      committed = steady_clock::now();
    });
    ASSERT_TRUE(follower->wait_for_newer(revision - 1, std::chrono::seconds(10)).value());
    const auto seen = steady_clock::now();
    writer.join();
    delays.push_back(std::chrono::duration_cast<milliseconds>(seen - committed));
  }
  std::ranges::sort(delays);
  EXPECT_LT(delays[10], milliseconds(100));
}

TEST(SqliteStore, FollowerGoesOverToAFileThatWasMadeAnew) {
  const TemporaryFolder folder;
  auto owner = opened(request_for(folder / "s.db"));
  ASSERT_OK(owner->commit(commit_at(1, 5)));
  const auto follower = opened(request_for(folder / "s.db", Role::kFollower));
  EXPECT_EQ(loaded(*follower), state_at(5));
  owner.reset();
  for (const char* name : {"s.db", "s.db-wal", "s.db-shm"}) std::filesystem::remove(folder / name);
  owner = opened(request_for(folder / "s.db"));
  ASSERT_OK(owner->commit(commit_at(1, 9)));
  EXPECT_TRUE(follower->wait_for_newer(5, std::chrono::seconds(10)).value());
  EXPECT_EQ(loaded(*follower), state_at(9));
}

TEST(SqliteStore, OperationsAreMeasured) {
  const TemporaryFolder folder;
  base::Metrics metrics;
  const auto store = open_store(request_for(folder / "s.db"), metrics).value();
  ASSERT_OK(store->commit(commit_at(1)));
  Commit wrong = commit_at(1);
  EXPECT_FALSE(store->commit(wrong).ok());
  const auto seconds = metrics.histogram({"store_operation_seconds", ""}, base::seconds_bounds(),
                                         {{"operation", "commit"}});
  uint64_t count = 0;
  for (const uint64_t part : seconds->counts()) count += part;
  EXPECT_EQ(count, 2U);
  EXPECT_EQ(metrics.counter({"store_errors_total", ""}, {{"operation", "commit"}})->value(), 1);
  EXPECT_EQ(metrics.gauge({"store_reachable", ""})->value(), 0);
  ASSERT_OK(store->commit(commit_at(2)));
  EXPECT_EQ(metrics.gauge({"store_reachable", ""})->value(), 1);
}

/// Says how fast it is, without judging: what a disk takes to sync is the machine's.
TEST(SqliteStore, CommitsPerSecondAreReported) {
  const TemporaryFolder folder;
  const auto store = opened(request_for(folder / "s.db"));
  int64_t revision = 0;
  for (const int group : {1, 50}) {
    std::vector<double> seconds;
    const auto start = steady_clock::now();
    while (steady_clock::now() - start < milliseconds(700)) {
      const Commit commit = commit_at(revision + 1, group);
      const auto begun = steady_clock::now();
      ASSERT_OK(store->commit(commit));
      seconds.push_back(std::chrono::duration<double>(steady_clock::now() - begun).count());
      revision += group;
    }
    std::ranges::sort(seconds);
    const auto part = [&](double p) {
      return 1000 * seconds[static_cast<size_t>(p * static_cast<double>(seconds.size() - 1))];
    };
    std::printf("groups of %d: %.0f commits/s, %.0f entries/s; ms p50 %.2f p99 %.2f max %.2f\n",
                group, static_cast<double>(seconds.size()) / 0.7,
                static_cast<double>(seconds.size()) * group / 0.7, part(0.5), part(0.99), part(1));
  }
  EXPECT_EQ(loaded(*store), state_at(revision));
}

}  // namespace
}  // namespace layercast::store::test
