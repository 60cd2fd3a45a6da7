#include "store/sqlite_salvage.h"

#include "base/time.h"
#include "store/name_lock.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string_view>
#include <system_error>
#include <utility>

namespace layercast::store {
namespace {

namespace fs = std::filesystem;
using base::Result;

// The header of an SQLite file. Source: https://www.sqlite.org/fileformat.html, section 1.3.
constexpr size_t kHeaderBytes = 100;
constexpr size_t kVersionPlace = 60;
constexpr size_t kApplicationPlace = 68;
constexpr std::string_view kMagic{"SQLite format 3\0", 16};

using Header = std::array<char, kHeaderBytes>;

// The first bytes of the file, zeros after its end; nullopt if it cannot be read.
std::optional<Header> header_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  Header header{};
  file.read(header.data(), kHeaderBytes);
  return header;
}

int64_t number_at(const Header& header, size_t place) {
  int64_t number = 0;
  for (size_t i = 0; i < 4; ++i) {
    number = number * 256 + static_cast<unsigned char>(header.at(place + i));
  }
  return number;
}

// Whether the tables can be read: none is missing, and no page is damaged.
bool is_sound(const std::string& path) {
  auto database = SqliteDatabase::open(path, SqliteDatabase::Access::kRead);
  if (!database) return false;
  const auto verdict = database.value().text("PRAGMA quick_check(1)");
  if (!verdict || verdict.value() != "ok") return false;
  constexpr std::array kQueries = {
      "SELECT id FROM file", "SELECT name, revision, header FROM scene",
      "SELECT scene, id, layer FROM layer", "SELECT scene, revision, command FROM journal"};
  return std::ranges::all_of(
      kQueries, [&](const char* query) { return database.value().prepare(query).ok(); });
}

// Whether another process holds a lock on the database.
bool is_locked(const std::string& path) {
  auto database = SqliteDatabase::open(path, SqliteDatabase::Access::kWrite);
  if (!database) return false;
  const auto begun = database.value().execute("BEGIN IMMEDIATE");
  database.value().roll_back();
  return !begun && begun.error().message.find("locked") != std::string::npos;
}

// Calls `take` for the rows of a query until one cannot be read.
template <class Take>
void read_rows(SqliteDatabase& database, const char* query, const Take& take) {
  auto rows = database.prepare(query);
  if (!rows) return;
  while (true) {
    const auto has_row = rows.value().step();
    if (!has_row || !has_row.value()) return;
    take(rows.value());
  }
}

// The database and the files that SQLite keeps beside it; the database is the last one, so that it
// never has the log of another one.
constexpr std::array kSuffixes = {"-wal", "-shm", ""};

Result<void> rename_database(const std::string& from, const std::string& to) {
  std::error_code error;
  for (const char* suffix : kSuffixes) {
    if (!fs::exists(from + suffix, error)) continue;
    fs::rename(from + suffix, to + suffix, error);
    if (error) return base::io_error(error.value(), "cannot rename", from + suffix);
  }
  return {};
}

std::string date_text() {
  std::string text = base::utc_text(std::chrono::system_clock::now());
  text.resize(text.find('.'));
  std::ranges::replace(text, ':', '-');
  return text + "Z";
}

}  // namespace

bool is_replaceable(const std::string& path, BadFile bad_file) {
  if (bad_file == BadFile::kRefused) return false;
  const auto header = header_of(path);
  if (!header || is_locked(path)) return false;
  const std::string_view text(header->data(), header->size());
  const bool is_empty = std::ranges::all_of(*header, [](char byte) { return byte == 0; });
  const bool is_sqlite = text.starts_with(kMagic);
  const bool is_ours = is_sqlite && number_at(*header, kApplicationPlace) == kSqliteApplication;
  if (is_ours && number_at(*header, kVersionPlace) > kSqliteSchema) {
    return bad_file == BadFile::kReplaced;
  }
  if (is_ours || is_empty) return !is_sound(path);
  return bad_file == BadFile::kReplaced;
}

Result<void> check_unused(const std::string& path, const std::string& own_lock) {
  const fs::path file(path);
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(file.parent_path(), error)) {
    const std::string name = entry.path().filename().string();
    const bool is_lock =
        name.starts_with(file.filename().string() + ".") && name.ends_with(".lock");
    if (!is_lock || entry.path().string() == own_lock) continue;
    if (!NameLock::is_held(entry.path().string())) continue;
    return base::conflict(
        "the file cannot be used, and another daemon has it open; stop that daemon, or use another "
        "file",
        path);
  }
  return {};
}

Salvaged salvaged_from(const std::string& path, const std::string& left_out) {
  Salvaged salvaged;
  auto opened = SqliteDatabase::open(path, SqliteDatabase::Access::kRead);
  if (!opened) return salvaged;
  SqliteDatabase& database = opened.value();
  read_rows(database, "SELECT name, revision, header FROM scene", [&](SqliteStatement& row) {
    salvaged.scenes.push_back({row.text(0), row.integer(1), row.text(2)});
  });
  read_rows(database, "SELECT scene, id, layer FROM layer", [&](SqliteStatement& row) {
    salvaged.layers.push_back({row.text(0), row.text(1), row.text(2)});
  });
  read_rows(database, "SELECT scene, revision, command FROM journal", [&](SqliteStatement& row) {
    salvaged.entries.push_back({row.text(0), row.integer(1), row.text(2)});
  });
  std::erase_if(salvaged.scenes, [&](const auto& scene) { return scene.name == left_out; });
  // Without the row of its scene, the others mean nothing.
  const auto is_stray = [&](const auto& row) {
    return std::ranges::find(salvaged.scenes, row.scene, &Salvaged::Scene::name) ==
           salvaged.scenes.end();
  };
  std::erase_if(salvaged.layers, is_stray);
  std::erase_if(salvaged.entries, is_stray);
  return salvaged;
}

std::string text_of(const Salvaged& salvaged) {
  const auto counted = [](size_t count, const std::string& what) {
    return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
  };
  if (salvaged.scenes.empty() && salvaged.layers.empty()) return "nothing was read from it";
  return counted(salvaged.scenes.size(), "scene") + " and " +
         counted(salvaged.layers.size(), "layer") + " were read from it";
}

Result<void> write_salvaged(SqliteDatabase& database, const Salvaged& salvaged) {
  const auto write = [&]() -> Result<void> {
    TRY(auto scene, database.prepare("INSERT OR REPLACE INTO scene VALUES (?, ?, ?)"));
    for (const auto& row : salvaged.scenes) {
      TRY_DO(scene.run(std::string_view(row.name), row.revision, std::string_view(row.header)));
    }
    TRY(auto layer, database.prepare("INSERT OR REPLACE INTO layer VALUES (?, ?, ?)"));
    for (const auto& row : salvaged.layers) {
      TRY_DO(layer.run(std::string_view(row.scene), std::string_view(row.id),
                       std::string_view(row.layer)));
    }
    TRY(auto entry, database.prepare("INSERT OR REPLACE INTO journal VALUES (?, ?, ?)"));
    for (const auto& row : salvaged.entries) {
      TRY_DO(entry.run(std::string_view(row.scene), row.revision, std::string_view(row.command)));
    }
    return database.execute("COMMIT");
  };
  TRY_DO(database.execute("BEGIN IMMEDIATE"));
  auto written = write();
  if (!written) database.roll_back();
  return written;
}

Result<std::string> set_aside(const std::string& path) {
  const std::string base = path + ".set-aside-" + date_text();
  std::string name = base;
  std::error_code error;
  for (int i = 2; fs::exists(name, error); ++i) name = base + "-" + std::to_string(i);
  TRY_DO(rename_database(path, name));
  return name;
}

Result<void> put_back(const std::string& kept_as, const std::string& path) {
  std::error_code error;
  for (const char* suffix : kSuffixes) fs::remove(path + suffix, error);
  return rename_database(kept_as, path);
}

}  // namespace layercast::store
