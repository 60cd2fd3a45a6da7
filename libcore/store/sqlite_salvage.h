#pragma once

#include "base/error.h"
#include "store/sqlite_database.h"
#include "store/state_store.h"

#include <cstdint>
#include <string>
#include <vector>

/// What happens to an SQLite file of states that cannot be used as it is.
namespace layercast::store {

/// "LCAS" in the header of the file, and the newest version of its tables.
inline constexpr int64_t kSqliteApplication = 0x4c434153;
inline constexpr int64_t kSqliteSchema = 1;

/// Whether `bad_file` allows to rename this file, which could not be opened: it is damaged, or of
/// another program or a newer version. A file that cannot be read at all, or that another process
/// has locked, is not bad. Inspects the file.
bool is_replaceable(const std::string& path, BadFile bad_file);

/// Errors: kConflict when a daemon holds one of the lock files beside `path` other than `own_lock`:
/// it uses the file.
base::Result<void> check_unused(const std::string& path, const std::string& own_lock);

/// The rows that could be read of a damaged file, of all scenes.
struct Salvaged {
  struct Scene {
    std::string name;
    int64_t revision = 0;
    std::string header;
  };
  struct Layer {
    std::string scene;
    std::string id;
    std::string layer;
  };
  struct Entry {
    std::string scene;
    int64_t revision = 0;
    std::string command;
  };
  std::vector<Scene> scenes;
  std::vector<Layer> layers;
  std::vector<Entry> entries;
};

/// Reads what can be read; the rows of the scene `left_out` are left out.
Salvaged salvaged_from(const std::string& path, const std::string& left_out);
/// `2 scenes and 17 layers were read from it`.
std::string text_of(const Salvaged& salvaged);
/// Writes the rows to the empty tables of `database`, in one transaction. Errors: the database's.
base::Result<void> write_salvaged(SqliteDatabase& database, const Salvaged& salvaged);

/// Renames the file, its write-ahead log and the log's index to a new name with the date; returns
/// that of the file, such as `state.db.set-aside-2026-01-01T18-00-00Z`. Errors: kIo.
base::Result<std::string> set_aside(const std::string& path);
/// Undoes set_aside(), which returned `kept_as`. Errors: kIo.
base::Result<void> put_back(const std::string& kept_as, const std::string& path);

}  // namespace layercast::store
