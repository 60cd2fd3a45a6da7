#include "store/sqlite_store.h"

#include "base/check.h"
#include "store/sqlite_salvage.h"

#include <algorithm>
#include <filesystem>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace layercast::store {
namespace {

namespace fs = std::filesystem;
using base::Result;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kTrimEvery = kJournalEntriesMax / 10;
constexpr milliseconds kLookAtLeastEvery{250};
constexpr milliseconds kLookFirst{1};

constexpr const char* kMakeSchema = R"(
  BEGIN IMMEDIATE;
  CREATE TABLE IF NOT EXISTS file (id TEXT NOT NULL);
  INSERT INTO file SELECT lower(hex(randomblob(16))) WHERE NOT EXISTS (SELECT 1 FROM file);
  CREATE TABLE IF NOT EXISTS scene (
    name TEXT PRIMARY KEY, revision INTEGER NOT NULL, header TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS layer (
    scene TEXT, id TEXT, layer TEXT NOT NULL, PRIMARY KEY (scene, id)) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS journal (
    scene TEXT, revision INTEGER, command TEXT NOT NULL,
    PRIMARY KEY (scene, revision)) WITHOUT ROWID;
  PRAGMA application_id = 1279476051;
  PRAGMA user_version = 1;
  COMMIT;)";
static_assert(kSqliteApplication == 1279476051 && kSqliteSchema == 1);

enum class Content { kNothing, kState };

struct Marks {
  int64_t tables = 0;
  int64_t application = 0;
  int64_t version = 0;
};

Result<Marks> read_marks(SqliteDatabase& database) {
  TRY(const int64_t tables, database.integer("SELECT count(*) FROM sqlite_master"));
  TRY(const int64_t application, database.integer("PRAGMA application_id"));
  TRY(const int64_t version, database.integer("PRAGMA user_version"));
  return Marks{tables, application, version};
}

/// Determines the content of the file without changing it.
Result<Content> content_of(SqliteDatabase& database, const std::string& path) {
  // One transaction, because another process may be creating the file right now.
  TRY_DO(database.execute("BEGIN"));
  const Result<Marks> marks = read_marks(database);
  const Result<void> ended = database.execute("ROLLBACK");
  if (!marks.ok()) return marks.error();
  TRY_DO(ended);
  const auto [tables, application, version] = marks.value();
  if (tables == 0 && application == 0 && version == 0) return Content::kNothing;
  if (application != kSqliteApplication) {
    return base::io_error(
        "the database belongs to another program; use another file, or --fresh, which renames "
        "this one",
        path);
  }
  if (version > kSqliteSchema) {
    return base::unsupported(
        "a newer version wrote the database (schema " + std::to_string(version) +
            ", supported up to " + std::to_string(kSqliteSchema) +
            "); use that version, another file, or --fresh, which renames this one",
        path);
  }
  return Content::kState;
}

Result<void> use_write_ahead_log(SqliteDatabase& database, const std::string& path) {
  // Two processes cannot change the mode of a new file at the same time, and SQLite returns an
  // error to the second one instead of making it wait.
  const auto deadline = steady_clock::now() + std::chrono::seconds(2);
  while (true) {
    auto mode = database.text("PRAGMA journal_mode = WAL");
    if (mode.ok() && mode.value() == "wal") return {};
    if (steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(5));
      continue;
    }
    if (!mode.ok()) return std::move(mode).error();
    return base::io_error("the file system does not support a write-ahead log; use a local disk",
                          path);
  }
}

Result<void> check_whole(SqliteDatabase& database, const std::string& path) {
  TRY(const std::string verdict, database.text("PRAGMA quick_check(1)"));
  if (verdict == "ok") return {};
  return base::io_error(
      "the database is damaged; restore a backup, or move it away to start without state", path);
}

Result<SqliteDatabase> open_database(const std::string& path) {
  TRY_DO(make_private_file(path));
  TRY(auto database, SqliteDatabase::open(path, SqliteDatabase::Access::kWrite));
  TRY(const Content content, content_of(database, path));
  if (content == Content::kState) TRY_DO(check_whole(database, path));
  TRY_DO(use_write_ahead_log(database, path));
  TRY_DO(database.execute("PRAGMA synchronous = FULL"));
  if (content == Content::kNothing) {
    auto made = database.execute(kMakeSchema);
    if (!made.ok()) {
      database.roll_back();
      return std::move(made).error();
    }
  }
  return database;
}

/// Identifies a file, to find out whether a path still names the same one.
struct FileIdentity {
  dev_t device = 0;
  ino_t number = 0;
  bool operator==(const FileIdentity&) const = default;
};

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

std::string absolute_path(const std::string& path) {
  std::error_code error;
  const fs::path absolute = fs::absolute(path, error);
  return error ? path : absolute.lexically_normal().string();
}

std::string lock_path(const std::string& path, const std::string& scene) {
  return path + "." + file_name_part(scene) + ".lock";
}

}  // namespace

/// A connection and its prepared statements.
struct SqliteStore::Session {
  /// Opens the file of an owner, and creates it if it is missing.
  static Result<std::unique_ptr<Session>> open(const std::string& path) {
    TRY(auto database, open_database(path));
    return make(std::move(database));
  }

  /// As open() for a missing file, which gets the rows.
  static Result<std::unique_ptr<Session>> open_with(const std::string& path,
                                                    const Salvaged& salvaged) {
    TRY(auto session, open(path));
    TRY_DO(write_salvaged(session->database, salvaged));
    return session;
  }

  static Result<std::unique_ptr<Session>> make(SqliteDatabase database) {
    auto s = std::make_unique<Session>(Session{
        std::move(database), {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, std::nullopt});
    const std::pair<std::optional<SqliteStatement>*, std::string_view> statements[] = {
        {&s->begin_write, "BEGIN IMMEDIATE"},
        {&s->begin_read, "BEGIN"},
        {&s->end, "COMMIT"},
        {&s->read_scene, "SELECT revision, header FROM scene WHERE name = ?"},
        {&s->write_scene,
         "INSERT INTO scene VALUES (?1, ?2, ?3) ON CONFLICT (name) DO UPDATE "
         "SET revision = ?2, header = ?3"},
        {&s->read_layers, "SELECT id, layer FROM layer WHERE scene = ?"},
        {&s->write_layer,
         "INSERT INTO layer VALUES (?1, ?2, ?3) ON CONFLICT (scene, id) DO UPDATE SET layer = ?3"},
        {&s->delete_layer, "DELETE FROM layer WHERE scene = ? AND id = ?"},
        {&s->delete_layers, "DELETE FROM layer WHERE scene = ?"},
        {&s->read_journal,
         "SELECT revision, command FROM journal WHERE scene = ? AND revision > ? "
         "ORDER BY revision LIMIT ?"},
        {&s->write_journal, "INSERT INTO journal VALUES (?, ?, ?)"},
        {&s->trim_journal,
         "DELETE FROM journal WHERE scene = ?1 AND revision <= (SELECT revision FROM journal "
         "WHERE scene = ?1 ORDER BY revision DESC LIMIT 1 OFFSET ?2)"},
        {&s->delete_journal, "DELETE FROM journal WHERE scene = ?"},
    };
    for (const auto& [statement, sql] : statements) {
      TRY(auto prepared, s->database.prepare(sql));
      statement->emplace(std::move(prepared));
    }
    return s;
  }

  SqliteDatabase database;
  std::optional<SqliteStatement> begin_write, begin_read, end;
  std::optional<SqliteStatement> read_scene, write_scene;
  std::optional<SqliteStatement> read_layers, write_layer, delete_layer, delete_layers;
  std::optional<SqliteStatement> read_journal, write_journal, trim_journal, delete_journal;
  std::optional<FileIdentity> identity;
};

SqliteStore::SqliteStore(std::string path, std::string scene, Role role)
    : path_(std::move(path)),
      scene_(std::move(scene)),
      role_(role),
      untrimmed_(kTrimEvery),
      watch_(fs::path(path_).parent_path().string()) {}

SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const std::string& path,
                                                       const std::string& scene, Role role) {
  const std::string absolute = absolute_path(path);
  if (role == Role::kOwner) return open_owned(absolute, scene, BadFile::kRefused, {});
  std::unique_ptr<SqliteStore> store(new SqliteStore(absolute, scene, role));
  TRY(Session* const session, store->session());
  static_cast<void>(session);
  return store;
}

Result<std::unique_ptr<SqliteStore>> SqliteStore::open_owned(
    const std::string& path, const std::string& scene, BadFile bad_file,
    const std::function<void(const std::string&)>& on_set_aside) {
  const std::string absolute = absolute_path(path);
  std::unique_ptr<SqliteStore> store(new SqliteStore(absolute, scene, Role::kOwner));
  TRY_DO(make_private_folder(fs::path(absolute).parent_path().string()));
  const std::string lock_file = lock_path(absolute, scene);
  TRY(auto lock, NameLock::take(lock_file, "the scene name \"" + scene + "\""));
  store->lock_ = std::move(lock);
  auto session = Session::open(absolute);
  if (!session.ok() && is_replaceable(absolute, bad_file)) {
    TRY_DO(check_unused(absolute, lock_file));
    const Salvaged salvaged =
        salvaged_from(absolute, bad_file == BadFile::kReplaced ? scene : std::string());
    TRY(const std::string kept_as, set_aside(absolute));
    const base::Error fault = session.error();
    session = Session::open_with(absolute, salvaged);
    if (!session.ok()) {
      // Else the next start would find a sound file without the state.
      TRY_DO(put_back(kept_as, absolute));
      return std::move(session).error();
    }
    if (on_set_aside) {
      on_set_aside(fault.to_string() + "; the file is kept as " + kept_as + "; " +
                   text_of(salvaged));
    }
  }
  TRY(store->session_, std::move(session));
  return store;
}

Result<SqliteStore::Session*> SqliteStore::session() {
  if (role_ == Role::kOwner) return session_.get();
  const auto identity = identity_of(path_);
  if (session_ != nullptr && session_->identity == identity) return session_.get();
  session_.reset();
  if (!identity) return nullptr;
  TRY(auto database, SqliteDatabase::open(path_, SqliteDatabase::Access::kRead));
  TRY(const Content content, content_of(database, path_));
  if (content == Content::kNothing) return nullptr;
  TRY(session_, Session::make(std::move(database)));
  session_->identity = identity;
  return session_.get();
}

template <class Work>
Result<void> SqliteStore::in_transaction(const Work& work) {
  LAYERCAST_CHECK(role_ == Role::kOwner);
  Session& session = *session_;
  TRY_DO(session.begin_write->run());
  Result<void> result = work(session);
  if (result.ok()) result = session.end->run();
  if (!result.ok()) session.database.roll_back();
  return result;
}

Result<void> SqliteStore::noted(Result<void> result) {
  const std::lock_guard lock(mutex_);
  fault_ = result.ok() ? std::string() : result.error().to_string();
  return result;
}

Result<int64_t> SqliteStore::revision(Session& session) {
  session.read_scene->begin(std::string_view(scene_));
  TRY(const bool is_there, session.read_scene->step());
  const int64_t revision = is_there ? session.read_scene->integer(0) : 0;
  session.read_scene->reset();
  return revision;
}

Result<std::optional<StoredState>> SqliteStore::read_state(Session& session) {
  session.read_scene->begin(std::string_view(scene_));
  TRY(const bool is_there, session.read_scene->step());
  if (!is_there) return std::optional<StoredState>();
  StoredState state{session.read_scene->integer(0), session.read_scene->text(1), {}};
  session.read_scene->reset();
  SqliteStatement& layers = *session.read_layers;
  layers.begin(std::string_view(scene_));
  while (true) {
    TRY(const bool has_row, layers.step());
    if (!has_row) break;
    state.layers.emplace_back(layers.text(0), layers.text(1));
  }
  return std::optional(std::move(state));
}

Result<std::vector<JournalEntry>> SqliteStore::read_journal(Session& session, int64_t after,
                                                            int count_max) {
  std::vector<JournalEntry> entries;
  SqliteStatement& rows = *session.read_journal;
  rows.begin(std::string_view(scene_), after, int64_t{count_max});
  while (true) {
    TRY(const bool has_row, rows.step());
    if (!has_row) return entries;
    entries.push_back(JournalEntry{rows.integer(0), rows.text(1)});
  }
}

Result<std::optional<StoredState>> SqliteStore::load() {
  TRY(auto snapshot, snapshot(INT64_MAX));
  if (!snapshot) return std::optional<StoredState>();
  return std::optional(std::move(snapshot->state));
}

Result<std::optional<Snapshot>> SqliteStore::snapshot(int64_t after) {
  TRY(Session* const session, this->session());
  if (session == nullptr) return std::optional<Snapshot>();
  TRY_DO(session->begin_read->run());
  auto state = read_state(*session);
  auto entries = read_journal(*session, after, kJournalEntriesMax + int{kTrimEvery});
  session->database.roll_back();  // ends the read transaction
  if (!state.ok()) return std::move(state).error();
  if (!entries.ok()) return std::move(entries).error();
  if (!state.value()) return std::optional<Snapshot>();
  return std::optional(Snapshot{std::move(*state.value()), std::move(entries).value()});
}

Result<void> SqliteStore::commit(const Commit& commit) {
  if (role_ == Role::kFollower) {
    return base::conflict("a follower cannot change the scene", path_);
  }
  return noted(in_transaction([&](Session& session) { return write(session, commit); }));
}

Result<void> SqliteStore::write(Session& session, const Commit& commit) {
  TRY(int64_t newest, revision(session));
  for (const JournalEntry& entry : commit.entries) {
    if (entry.revision <= newest) {
      return base::internal_error("revision " + std::to_string(entry.revision) +
                                      " is not above revision " + std::to_string(newest),
                                  path_);
    }
    newest = entry.revision;
    TRY_DO(session.write_journal->run(std::string_view(scene_), entry.revision,
                                      std::string_view(entry.command)));
  }
  TRY_DO(
      session.write_scene->run(std::string_view(scene_), newest, std::string_view(commit.header)));
  TRY_DO(write_layers(session, commit));
  return trim_journal(session, commit.entries.size());
}

Result<void> SqliteStore::write_layers(Session& session, const Commit& commit) {
  const std::string_view scene = scene_;
  if (commit.layers == Commit::Layers::kAll) TRY_DO(session.delete_layers->run(scene));
  for (const std::string& id : commit.deleted) {
    TRY_DO(session.delete_layer->run(scene, std::string_view(id)));
  }
  for (const auto& [id, layer] : commit.written) {
    TRY_DO(session.write_layer->run(scene, std::string_view(id), std::string_view(layer)));
  }
  return {};
}

Result<void> SqliteStore::trim_journal(Session& session, size_t count_added) {
  untrimmed_ += count_added;
  if (untrimmed_ < kTrimEvery) return {};
  TRY_DO(session.trim_journal->run(std::string_view(scene_), int64_t{kJournalEntriesMax}));
  untrimmed_ = 0;
  return {};
}

Result<void> SqliteStore::replace(const StoredState& state,
                                  const std::vector<JournalEntry>& entries) {
  return noted(in_transaction([&](Session& session) -> Result<void> {
    const std::string_view scene = scene_;
    TRY_DO(session.delete_journal->run(scene));
    TRY_DO(session.write_scene->run(scene, state.revision, std::string_view(state.header)));
    for (const JournalEntry& entry : entries) {
      TRY_DO(session.write_journal->run(scene, entry.revision, std::string_view(entry.command)));
    }
    return write_layers(session, Commit{{}, {}, Commit::Layers::kAll, state.layers, {}});
  }));
}

Result<std::vector<JournalEntry>> SqliteStore::journal(int64_t after, int count_max) {
  TRY(Session* const session, this->session());
  if (session == nullptr) return std::vector<JournalEntry>();
  return read_journal(*session, after, std::max(count_max, 0));
}

Result<std::string> SqliteStore::file_id() {
  TRY(Session* const session, this->session());
  if (session == nullptr) return std::string();
  return session->database.text("SELECT id FROM file");
}

Result<bool> SqliteStore::wait_for_newer(int64_t known, milliseconds patience) {
  const auto deadline = steady_clock::now() + patience;
  milliseconds pause = kLookAtLeastEvery;
  while (true) {
    TRY(Session* const session, this->session());
    if (session != nullptr) {
      TRY(const int64_t newest, revision(*session));
      if (newest > known) return true;
    }
    const auto left = std::chrono::ceil<milliseconds>(deadline - steady_clock::now());
    if (left <= milliseconds::zero()) return false;
    switch (watch_.wait(std::min(pause, left))) {
      case FileWatch::Event::kStop:
        return false;
      case FileWatch::Event::kChange:
        // A commit becomes visible when the log is on the disk, some time after the first change.
        pause = kLookFirst;
        break;
      case FileWatch::Event::kNothing:
        pause = std::min(pause * 2, kLookAtLeastEvery);
        break;
    }
  }
}

StoreHealth SqliteStore::health() const {
  const bool has_owner = role_ == Role::kOwner || NameLock::is_held(lock_path(path_, scene_));
  const std::lock_guard lock(mutex_);
  return StoreHealth{fault_.empty(), fault_, 0, has_owner};
}

}  // namespace layercast::store
