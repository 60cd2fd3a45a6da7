#pragma once

#include "gtest/gtest.h"
#include "store/state_store.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace layercast::store {

inline void PrintTo(const JournalEntry& entry, std::ostream* stream) {
  *stream << entry.revision << " " << entry.command;
}
inline void PrintTo(const StoredState& state, std::ostream* stream) {
  *stream << "revision " << state.revision << ", header " << state.header;
  for (const auto& [id, layer] : state.layers) *stream << ", " << id << "=" << layer;
}

}  // namespace layercast::store

namespace layercast::store::test {

/// A folder that is gone, with everything in it, after the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "layercast-store-XXXXXX").string();
    EXPECT_NE(::mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

// ---- Commits that follow from their revisions, so that any state can be told again --------------

using Changes = std::map<std::string, std::optional<std::string>>;

inline std::string layer_id(int64_t number) { return "layer-" + std::to_string(number % 23); }

inline void change(Changes& changes, int64_t revision) {
  changes[layer_id(revision * 7)] =
      R"({"opacity":0.5,"text":"at )" + std::to_string(revision) + "\xc3\xa9\"}";
  if (revision % 5 == 0) changes[layer_id(revision * 3)] = std::nullopt;
}

inline std::string header_at(int64_t revision) {
  return R"({"active":")" + layer_id(revision) + R"("})";
}

inline JournalEntry entry_at(int64_t revision) {
  return {revision, R"({"do":"update","number":)" + std::to_string(revision) + "}"};
}

/// The commit of `count` revisions, the first of them `first`.
inline Commit commit_at(int64_t first, int count = 1) {
  Commit commit;
  Changes changes;
  for (int64_t revision = first; revision < first + count; ++revision) {
    change(changes, revision);
    commit.entries.push_back(entry_at(revision));
  }
  commit.header = header_at(first + count - 1);
  for (const auto& [id, layer] : changes) {
    if (layer) commit.written.emplace_back(id, *layer);
    if (!layer) commit.deleted.push_back(id);
  }
  return commit;
}

/// The state after all revisions up to this one, layers in order.
inline StoredState state_at(int64_t revision) {
  Changes changes;
  for (int64_t r = 1; r <= revision; ++r) change(changes, r);
  StoredState state{revision, header_at(revision), {}};
  for (const auto& [id, layer] : changes) {
    if (layer) state.layers.emplace_back(id, *layer);
  }
  return state;
}

inline std::vector<JournalEntry> entries_at(int64_t first, int64_t last) {
  std::vector<JournalEntry> entries;
  for (int64_t revision = first; revision <= last; ++revision) {
    entries.push_back(entry_at(revision));
  }
  return entries;
}

inline StoredState in_order(StoredState state) {
  std::ranges::sort(state.layers);
  return state;
}

/// What load() gives, layers in order.
inline std::optional<StoredState> loaded(StateStore& store) {
  auto state = store.load();
  if (!state.ok()) {
    ADD_FAILURE() << state.error().to_string();
    return std::nullopt;
  }
  if (!state.value()) return std::nullopt;
  return in_order(*state.value());
}

// NOLINTNEXTLINE(readability-identifier-naming): as GoogleTest names its own
#define ASSERT_OK(expression)                                                   \
  do {                                                                          \
    const auto assert_ok_result = (expression);                                 \
    ASSERT_TRUE(assert_ok_result.ok()) << assert_ok_result.error().to_string(); \
  } while (false)

// ---- Processes ----------------------------------------------------------------------------------

/// A process that runs `work` and ends with the test at the latest. Make it while the test has one
/// thread.
class Child {
 public:
  template <class Work>
  explicit Child(const Work& work) {
    process_ = ::fork();
    if (process_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      work();
      ::_exit(0);
    }
  }
  ~Child() { kill(); }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  pid_t process() const { return process_; }
  void kill() {
    if (process_ <= 0) return;
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
  }
  /// Its exit status, once it has ended by itself.
  int status() {
    int status = 0;
    ::waitpid(process_, &status, 0);
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t process_ = -1;
};

/// A child that commits one revision after another and tells each that was acknowledged.
class CommittingChild {
 public:
  explicit CommittingChild(const StoreRequest& request) {
    EXPECT_EQ(::pipe(pipe_), 0);
    child_.emplace([&] { commit_for_ever(request); });
    ::close(pipe_[1]);
  }
  ~CommittingChild() { ::close(pipe_[0]); }

  /// The next revision that was acknowledged; 0 when the child is dead and there are no more.
  int64_t next() {
    int64_t revision = 0;
    return ::read(pipe_[0], &revision, sizeof revision) == sizeof revision ? revision : 0;
  }
  void kill() { child_->kill(); }
  pid_t process() const { return child_->process(); }

 private:
  void commit_for_ever(const StoreRequest& request) const {
    ::signal(SIGPIPE, SIG_IGN);
    base::Metrics metrics;
    auto store = open_store(request, metrics);
    if (!store.ok()) ::_exit(2);
    auto state = store.value()->load();
    if (!state.ok()) ::_exit(3);
    int64_t revision = state.value() ? state.value()->revision : 0;
    while (store.value()->commit(commit_at(revision + 1)).ok()) {
      ++revision;
      if (::write(pipe_[1], &revision, sizeof revision) != sizeof revision) break;
    }
    ::_exit(4);
  }

  int pipe_[2] = {-1, -1};
  std::optional<Child> child_;
};

}  // namespace layercast::store::test
