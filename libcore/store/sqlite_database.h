#pragma once

#include "base/error.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace layercast::store {

/// A prepared statement. Ownership: its database must outlive it. Thread: one at a time, together
/// with its database.
class SqliteStatement {
 public:
  /// Binds `values` in order and runs the statement to its end. Errors: as SqliteDatabase.
  template <class... Values>
  base::Result<void> run(const Values&... values) {
    begin(values...);
    return finish();
  }

  /// Binds `values` for the next run; step() then goes from row to row. Ownership: borrows texts
  /// until the run ends.
  template <class... Values>
  void begin(const Values&... values) {
    reset();
    int place = 0;
    (bind(++place, values), ...);
  }
  /// Returns true on a row, false after the last one. Resets the statement after false or an error.
  base::Result<bool> step();
  /// A value of the current row. Range: `column` counts from 0.
  int64_t integer(int column) const;
  std::string text(int column) const;
  void reset();

 private:
  friend class SqliteDatabase;
  struct Finalizer {
    void operator()(sqlite3_stmt* statement) const;
  };
  SqliteStatement(sqlite3_stmt* statement, std::string path)
      : statement_(statement), path_(std::move(path)) {}
  void bind(int place, int64_t value);
  /// Borrows `value` until the run ends.
  void bind(int place, std::string_view value);
  base::Result<void> finish();

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  std::string path_;
};

/// A connection to an SQLite file. Thread: one at a time.
class SqliteDatabase {
 public:
  enum class Access : uint8_t { kWrite, kRead };

  /// Opens an existing file and changes nothing in it. Errors of all functions: kIo with the path
  /// and a remedy; kInternal for a bug.
  static base::Result<SqliteDatabase> open(const std::string& path, Access access);

  /// Runs `sql`, one or more statements, and ignores their rows.
  base::Result<void> execute(const char* sql);
  base::Result<SqliteStatement> prepare(std::string_view sql);
  /// The first value of the first row of `sql`; 0 when there is no row.
  base::Result<int64_t> integer(std::string_view sql);
  /// The same as a text; empty when there is no row.
  base::Result<std::string> text(std::string_view sql);
  /// Rolls back the current transaction, if there is one.
  void roll_back();

 private:
  struct Closer {
    void operator()(sqlite3* database) const;
  };
  SqliteDatabase(sqlite3* database, std::string path)
      : database_(database), path_(std::move(path)) {}

  std::unique_ptr<sqlite3, Closer> database_;
  std::string path_;
};

}  // namespace layercast::store
