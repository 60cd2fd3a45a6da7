#pragma once

#include "store/file_watch.h"
#include "store/name_lock.h"
#include "store/sqlite_database.h"
#include "store/state_store.h"

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace layercast::store {

/// The number of newest entries that a journal keeps; it may temporarily have a tenth more.
inline constexpr int kJournalEntriesMax = 10'000;

/// A state, and journal entries that led to it.
struct Snapshot {
  StoredState state;
  std::vector<JournalEntry> entries;  ///< in order
};

/// Keeps scenes in one SQLite file with a write-ahead log, synchronous=FULL and one transaction per
/// commit. Several daemons may share the file, each with its own scene; a lock file beside it,
/// `PATH.SCENE.lock`, is held by the owner of a scene. A follower creates nothing and waits for the
/// file. Thread: as StateStore.
class SqliteStore : public StateStore {
 public:
  /// Opens the store. An owner creates the file and its folder, readable by its user only.
  /// Errors: kConflict when another process owns the scene; kUnsupported for a file that a newer
  /// version wrote; kIo, also for files that are damaged or of another program, which stay
  /// unchanged.
  static base::Result<std::unique_ptr<SqliteStore>> open(const std::string& path,
                                                         const std::string& scene, Role role);
  /// As open() for an owner; `bad_file` says what happens to a file that cannot be used.
  /// `on_set_aside`: as in StoreRequest. Errors: also kConflict when another daemon uses the file
  /// that has to be renamed.
  static base::Result<std::unique_ptr<SqliteStore>> open_owned(
      const std::string& path, const std::string& scene, BadFile bad_file,
      const std::function<void(const std::string&)>& on_set_aside);
  ~SqliteStore() override;

  base::Result<std::optional<StoredState>> load() override;
  base::Result<void> commit(const Commit& commit) override;
  base::Result<std::vector<JournalEntry>> journal(int64_t after, int count_max) override;
  base::Result<bool> wait_for_newer(int64_t known, std::chrono::milliseconds patience) override;
  void stop_waiting() override { watch_.stop(); }
  StoreHealth health() const override;

  /// Replaces the state and the journal, durably. Range: `entries` are in order. Errors: as
  /// commit().
  base::Result<void> replace(const StoredState& state, const std::vector<JournalEntry>& entries);
  /// The state, and the entries above `after` that led to it, from one transaction; nullopt when
  /// there is no state.
  base::Result<std::optional<Snapshot>> snapshot(int64_t after);
  /// The unique identifier that the file received at its creation; empty when there is no file.
  base::Result<std::string> file_id();

 private:
  struct Session;
  SqliteStore(std::string path, std::string scene, Role role);

  /// nullptr for a follower while there is nothing to read.
  base::Result<Session*> session();
  base::Result<int64_t> revision(Session& session);
  base::Result<std::optional<StoredState>> read_state(Session& session);
  base::Result<std::vector<JournalEntry>> read_journal(Session& session, int64_t after,
                                                       int count_max);
  base::Result<void> write(Session& session, const Commit& commit);
  base::Result<void> write_layers(Session& session, const Commit& commit);
  base::Result<void> trim_journal(Session& session, size_t count_added);
  template <class Work>
  base::Result<void> in_transaction(const Work& work);
  base::Result<void> noted(base::Result<void> result);

  std::string path_;
  std::string scene_;
  Role role_;
  std::optional<NameLock> lock_;
  std::unique_ptr<Session> session_;
  size_t untrimmed_ = 0;  // entries since the journal was last trimmed
  FileWatch watch_;
  mutable std::mutex mutex_;
  std::string fault_;  // guarded by mutex_; why the last commit failed
};

}  // namespace layercast::store
