#include "store/sqlite_salvage.h"

#include "store/name_lock.h"
#include "store/sqlite_store.h"
#include "tests/store/made_commits.h"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <gmock/gmock.h>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace layercast::store::test {
namespace {

namespace fs = std::filesystem;
using base::ErrorCode;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct Opened {
  std::unique_ptr<StateStore> store;
  std::optional<base::Error> error;
  std::vector<std::string> messages;  ///< of on_set_aside
};

Opened open(const std::string& path, BadFile bad_file, const std::string& scene = "auction") {
  Opened opened;
  base::Metrics metrics;
  StoreRequest request{"sqlite:" + path, scene, Role::kOwner, {}};
  request.bad_file = bad_file;
  request.on_set_aside = [&](const std::string& message) { opened.messages.push_back(message); };
  auto result = open_store(request, metrics);
  if (result) {
    opened.store = std::move(result).value();
  } else {
    opened.error = result.error();
  }
  return opened;
}

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::vector<std::string> set_aside_files(const TemporaryFolder& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder.path())) {
    const std::string name = entry.path().filename().string();
    if (name.find(".set-aside-2") != std::string::npos && !name.ends_with("-shm")) {
      names.push_back(name);
    }
  }
  return names;
}

// A state of two scenes, with `layers` layers each.
void make_state(const std::string& path, int64_t commits) {
  for (const std::string scene : {"auction", "interview"}) {
    auto opened = open(path, BadFile::kRefused, scene);
    ASSERT_NE(opened.store, nullptr);
    for (int64_t i = 1; i <= commits; ++i) ASSERT_TRUE(opened.store->commit(commit_at(i)).ok());
  }
}

void execute(const std::string& path, const char* sql) {
  auto database = SqliteDatabase::open(path, SqliteDatabase::Access::kWrite);
  ASSERT_TRUE(database.ok());
  ASSERT_TRUE(database.value().execute(sql).ok());
}

struct Damage {
  const char* name;
  std::function<void(const std::string& path)> apply;
  bool keeps_state;  ///< whether the state can be read afterwards
};

const std::vector<Damage>& damages() {
  static const std::vector<Damage> all = {
      {"missing journal", [](const auto& path) { execute(path, "DROP TABLE journal"); }, true},
      {"missing layers", [](const auto& path) { execute(path, "DROP TABLE layer"); }, false},
      {"missing scenes", [](const auto& path) { execute(path, "DROP TABLE scene"); }, false},
      {"renamed column",
       [](const auto& path) { execute(path, "ALTER TABLE journal RENAME command TO text"); }, true},
      {"cut in the first page", [](const auto& path) { fs::resize_file(path, 2000); }, false},
      {"cut to one page", [](const auto& path) { fs::resize_file(path, 4096); }, false},
      {"zeros", [](const auto& path) { write_bytes(path, std::string(20'000, '\0')); }, false},
      {"noise after the first page",
       [](const auto& path) {
         std::string bytes = bytes_of(path);
         for (size_t i = 4096; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31);
         write_bytes(path, bytes);
       },
       false},
  };
  return all;
}

TEST(SqliteSalvage, DamagedFileIsKeptUnderANameWithTheDateAndReplaced) {
  for (const Damage& damage : damages()) {
    SCOPED_TRACE(damage.name);
    const TemporaryFolder folder;
    const std::string path = folder / "s.db";
    make_state(path, 40);
    damage.apply(path);
    const std::string bytes = bytes_of(path);
    Opened opened = open(path, BadFile::kSalvaged);
    ASSERT_NE(opened.store, nullptr) << opened.error->to_string();
    ASSERT_EQ(opened.messages.size(), 1U);
    EXPECT_THAT(opened.messages[0], AllOf(HasSubstr(path), HasSubstr(".set-aside-2")));
    const auto files = set_aside_files(folder);
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(bytes_of(folder / files[0]), bytes);
    const auto state = opened.store->load();
    ASSERT_TRUE(state.ok());
    EXPECT_EQ(state.value().has_value() && !state.value()->layers.empty(), damage.keeps_state);
    // It takes commits, and the next start has nothing to say.
    const int64_t revision = state.value() ? state.value()->revision : 0;
    ASSERT_TRUE(opened.store->commit(commit_at(revision + 1)).ok());
    opened.store.reset();
    const Opened again = open(path, BadFile::kSalvaged);
    ASSERT_NE(again.store, nullptr);
    EXPECT_THAT(again.messages, IsEmpty());
  }
}

TEST(SqliteSalvage, WhatCanBeReadIsTakenOverOfEveryScene) {
  const TemporaryFolder folder;
  const std::string path = folder / "s.db";
  make_state(path, 40);
  const auto before = open(path, BadFile::kRefused).store->load().value();
  execute(path, "DROP TABLE journal");
  Opened opened = open(path, BadFile::kSalvaged);
  ASSERT_NE(opened.store, nullptr);
  EXPECT_THAT(opened.messages.at(0), HasSubstr("2 scenes and"));
  auto after = opened.store->load().value();
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->revision, 40);
  EXPECT_EQ(after->header, before->header);
  EXPECT_EQ(after->layers.size(), before->layers.size());
  const Opened other = open(path, BadFile::kRefused, "interview");
  ASSERT_NE(other.store, nullptr);
  EXPECT_EQ(other.store->load().value()->revision, 40);
}

TEST(SqliteSalvage, ReplacedFileGetsNothingOfTheSceneButAllOfTheOthers) {
  const TemporaryFolder folder;
  const std::string path = folder / "s.db";
  make_state(path, 40);
  execute(path, "DROP TABLE journal");
  const Opened opened = open(path, BadFile::kReplaced);
  ASSERT_NE(opened.store, nullptr);
  EXPECT_FALSE(opened.store->load().value().has_value());
  const Opened other = open(path, BadFile::kRefused, "interview");
  ASSERT_NE(other.store, nullptr);
  EXPECT_EQ(other.store->load().value()->revision, 40);
}

TEST(SqliteSalvage, FileOfAnotherProgramOrVersionIsOnlyReplacedOnRequest) {
  const TemporaryFolder folder;
  write_bytes(folder / "text",
              "This is a text, which is longer than the header of a database file. "
              "It belongs to somebody who would miss it, and has no zero bytes.");
  make_state(folder / "newer.db", 3);
  execute(folder / "newer.db", "PRAGMA user_version = 99");
  write_bytes(folder / "other.db", "");
  execute(folder / "other.db", "CREATE TABLE scene (x); INSERT INTO scene VALUES (1)");
  for (const std::string name : {"text", "newer.db", "other.db"}) {
    SCOPED_TRACE(name);
    const std::string bytes = bytes_of(folder / name);
    const Opened refused = open(folder / name, BadFile::kSalvaged);
    ASSERT_TRUE(refused.error);
    EXPECT_THAT(refused.error->to_string(), HasSubstr(folder / name));
    EXPECT_EQ(bytes_of(folder / name), bytes);
    const Opened replaced = open(folder / name, BadFile::kReplaced);
    ASSERT_NE(replaced.store, nullptr) << replaced.error->to_string();
    EXPECT_EQ(replaced.messages.size(), 1U);
    EXPECT_TRUE(replaced.store->commit(commit_at(1)).ok());
  }
  EXPECT_EQ(set_aside_files(folder).size(), 3U);
}

TEST(SqliteSalvage, FileThatAnotherDaemonUsesIsNotRenamed) {
  const TemporaryFolder folder;
  const std::string path = folder / "s.db";
  make_state(path, 3);
  const Opened other = open(path, BadFile::kRefused, "interview");
  execute(path, "DROP TABLE journal");
  const Opened refused = open(path, BadFile::kReplaced);
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->code, ErrorCode::kConflict);
  EXPECT_THAT(set_aside_files(folder), IsEmpty());
}

TEST(SqliteSalvage, DiskThatIsFullLeavesTheDamagedFileInItsPlace) {
  const TemporaryFolder folder;
  const std::string path = folder / "s.db";
  make_state(path, 40);
  execute(path, "DROP TABLE journal");
  const std::string bytes = bytes_of(path);
  // A limit on the size of files is a full disk that needs no mount.
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = limit;
  small.rlim_cur = 20'000;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const Opened full = open(path, BadFile::kSalvaged);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  std::signal(SIGXFSZ, handler);
  ASSERT_TRUE(full.error);
  EXPECT_THAT(full.messages, IsEmpty());
  EXPECT_THAT(set_aside_files(folder), IsEmpty());
  EXPECT_EQ(bytes_of(path), bytes);
  const Opened again = open(path, BadFile::kSalvaged);
  ASSERT_NE(again.store, nullptr);
  EXPECT_EQ(again.store->load().value()->revision, 40);
}

TEST(SqliteSalvage, LockedFileIsNotBad) {
  const TemporaryFolder folder;
  const std::string path = folder / "s.db";
  make_state(path, 3);
  execute(path, "DROP TABLE journal");
  auto holder = SqliteDatabase::open(path, SqliteDatabase::Access::kWrite);
  ASSERT_TRUE(holder.ok());
  ASSERT_TRUE(holder.value().execute("BEGIN IMMEDIATE").ok());
  EXPECT_FALSE(is_replaceable(path, BadFile::kReplaced));
  holder.value().roll_back();
  EXPECT_TRUE(is_replaceable(path, BadFile::kReplaced));
}

TEST(SqliteSalvage, SoundFileIsNotBad) {
  const TemporaryFolder folder;
  make_state(folder / "s.db", 3);
  EXPECT_FALSE(is_replaceable(folder / "s.db", BadFile::kReplaced));
  EXPECT_FALSE(is_replaceable(folder / "missing.db", BadFile::kReplaced));
}

TEST(NameLocks, HeldLockIsSeenWithoutTakingIt) {
  const TemporaryFolder folder;
  const std::string path = folder / "a.lock";
  EXPECT_FALSE(NameLock::is_held(path));
  {
    const auto lock = NameLock::take(path, "it");
    ASSERT_TRUE(lock.ok());
    EXPECT_TRUE(NameLock::is_held(path));
    EXPECT_TRUE(NameLock::is_held(path));
  }
  EXPECT_FALSE(NameLock::is_held(path));
}

}  // namespace
}  // namespace layercast::store::test
