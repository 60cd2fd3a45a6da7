#include "store/sqlite_database.h"

#include "base/check.h"

#include <sqlite3.h>

namespace layercast::store {
namespace {

using base::Error;
using base::ErrorCode;
using base::Result;

constexpr int kBusyMilliseconds = 2000;

/// The last error of `database`, with a remedy where there is one.
Error error_of(sqlite3* database, const std::string& path) {
  const int code = sqlite3_errcode(database) & 0xff;
  if (code == SQLITE_FULL) {
    return base::io_error("cannot write: the disk is full; free some space", path);
  }
  if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT) {
    return base::io_error(
        code == SQLITE_NOTADB
            ? "the file is not an SQLite database; use another file, or move it away"
            : "the database is damaged; restore a backup, or move it away to start without state",
        path);
  }
  if (code == SQLITE_BUSY) {
    return base::io_error("the database is locked by another process; stop that process", path);
  }
  const int error_number = sqlite3_system_errno(database);
  if (code == SQLITE_IOERR && error_number != 0) {
    Error error = base::io_error(error_number, "cannot read or write", path);
    error.code = ErrorCode::kIo;
    return error;
  }
  const bool is_io = code == SQLITE_IOERR || code == SQLITE_CANTOPEN || code == SQLITE_READONLY ||
                     code == SQLITE_PERM || code == SQLITE_AUTH;
  return Error{is_io ? ErrorCode::kIo : ErrorCode::kInternal,
               std::string("SQLite: ") + sqlite3_errmsg(database), path, nullptr};
}

}  // namespace

void SqliteStatement::Finalizer::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

void SqliteStatement::bind(int place, int64_t value) {
  LAYERCAST_CHECK(sqlite3_bind_int64(statement_.get(), place, value) == SQLITE_OK);
}

void SqliteStatement::bind(int place, std::string_view value) {
  // An empty view may have a null pointer, which SQLite would bind as NULL.
  const char* const start = value.empty() ? "" : value.data();
  LAYERCAST_CHECK(sqlite3_bind_text64(statement_.get(), place, start, value.size(), SQLITE_STATIC,
                                      SQLITE_UTF8) == SQLITE_OK);
}

Result<bool> SqliteStatement::step() {
  const int result = sqlite3_step(statement_.get());
  if (result == SQLITE_ROW) return true;
  if (result == SQLITE_DONE) {
    reset();
    return false;
  }
  Error error = error_of(sqlite3_db_handle(statement_.get()), path_);
  reset();
  return error;
}

Result<void> SqliteStatement::finish() {
  while (true) {
    TRY(const bool has_row, step());
    if (!has_row) return {};
  }
}

int64_t SqliteStatement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string SqliteStatement::text(int column) const {
  const void* const start = sqlite3_column_blob(statement_.get(), column);
  const int bytes = sqlite3_column_bytes(statement_.get(), column);
  return start == nullptr
             ? std::string()
             : std::string(static_cast<const char*>(start), static_cast<size_t>(bytes));
}

void SqliteStatement::reset() { sqlite3_reset(statement_.get()); }

void SqliteDatabase::Closer::operator()(sqlite3* database) const { sqlite3_close_v2(database); }

Result<SqliteDatabase> SqliteDatabase::open(const std::string& path, Access access) {
  sqlite3* handle = nullptr;
  // A reader needs write access, too: it updates the index of the log, a shared-memory file.
  const int result =
      sqlite3_open_v2(path.c_str(), &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteDatabase database(handle, path);
  if (handle == nullptr) return base::io_error("out of memory", path);
  if (result != SQLITE_OK) return error_of(handle, path);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  if (access == Access::kRead) TRY_DO(database.execute("PRAGMA query_only = ON"));
  return database;
}

Result<void> SqliteDatabase::execute(const char* sql) {
  if (sqlite3_exec(database_.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return error_of(database_.get(), path_);
}

Result<SqliteStatement> SqliteDatabase::prepare(std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                         SQLITE_PREPARE_PERSISTENT, &statement, nullptr) != SQLITE_OK) {
    return error_of(database_.get(), path_);
  }
  return SqliteStatement(statement, path_);
}

Result<int64_t> SqliteDatabase::integer(std::string_view sql) {
  TRY(auto statement, prepare(sql));
  TRY(const bool has_row, statement.step());
  return has_row ? statement.integer(0) : 0;
}

Result<std::string> SqliteDatabase::text(std::string_view sql) {
  TRY(auto statement, prepare(sql));
  TRY(const bool has_row, statement.step());
  return has_row ? statement.text(0) : std::string();
}

void SqliteDatabase::roll_back() {
  if (sqlite3_get_autocommit(database_.get()) == 0) {
    sqlite3_exec(database_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

}  // namespace layercast::store
