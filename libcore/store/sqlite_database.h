#pragma once

#include "base/error.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace layercast::store {

/// A prepared statement of a database that outlives it. Thread: one at a time, as its database.
class SqliteStatement {
 public:
  /// Gives the next run its values, first to last, and does it to its end.
  template <class... Values>
  base::Result<void> run(const Values&... values) {
    begin(values...);
    return finish();
  }

  /// Gives the next run its values; step() then goes from row to row.
  template <class... Values>
  void begin(const Values&... values) {
    reset();
    int place = 0;
    (bind(++place, values), ...);
  }
  /// True on a row, false after the last one. After false or an error the statement is reset.
  base::Result<bool> step();
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
  /// Borrowed until the run is over.
  void bind(int place, std::string_view value);
  base::Result<void> finish();

  std::unique_ptr<sqlite3_stmt, Finalizer> statement_;
  std::string path_;
};

/// A connection to an SQLite file. Thread: one at a time.
class SqliteDatabase {
 public:
  enum class Access : uint8_t { kWrite, kRead };

  /// The file exists already; nothing of it is changed yet. Errors: kIo, as all below, with the
  /// path and what to do.
  static base::Result<SqliteDatabase> open(const std::string& path, Access access);

  base::Result<void> execute(const char* sql);
  base::Result<SqliteStatement> prepare(std::string_view sql);
  /// The first value that `sql` gives, 0 when it gives none.
  base::Result<int64_t> integer(std::string_view sql);
  base::Result<std::string> text(std::string_view sql);
  /// Undoes the transaction under way, if there is one.
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
