#include "media/out/partial_file.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <optional>
#include <random>
#include <system_error>
#include <utility>
#include <vector>

namespace layercast::media {
namespace {

namespace fs = std::filesystem;

constexpr int kNamesTried = 16;
constexpr size_t kNameBytesMax = 200;  // the decorated name stays below the system's 255

base::Error not_created(int error_number, const fs::path& target) {
  return base::io_error(error_number, "cannot create", target.string());
}

fs::path partial_name(const fs::path& target) {
  std::random_device random;
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), random(), 16);
  const std::string name = target.filename().string().substr(0, kNameBytesMax);
  return target.parent_path() / ("." + name + ".partial-" + std::string(digits.data(), end.ptr));
}

// Returns 0, or the error number; EEXIST when the name is in use.
int make(const fs::path& path, PartialFile::Kind kind) {
  if (kind == PartialFile::Kind::kFolder) {
    std::error_code error;
    if (fs::create_directory(path, error)) return 0;
    return error ? error.value() : EEXIST;
  }
  std::FILE* file = std::fopen(path.c_str(), "wbx");
  if (file == nullptr) return errno;
  std::fclose(file);
  return 0;
}

fs::path resolved(const std::string& path) {
  std::error_code error;
  fs::path target = path;
  if (fs::is_symlink(target, error)) {
    fs::path pointed_to = fs::canonical(target, error);
    if (!error) target = std::move(pointed_to);
  }
  return target;
}

}  // namespace

base::Result<PartialFile> PartialFile::create(const std::string& path, Kind kind) {
  fs::path target = resolved(path);
  std::error_code error;
  if (!target.has_filename() || fs::is_directory(target, error)) {
    return base::invalid_input("this is a folder; expected a file name", path);
  }
  int error_number = 0;
  for (int tried = 0; tried < kNamesTried; ++tried) {
    fs::path partial = partial_name(target);
    error_number = make(partial, kind);
    if (error_number == 0) return PartialFile(std::move(target), std::move(partial), kind);
    if (error_number != EEXIST) break;
  }
  return not_created(error_number, path);
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : target_(std::move(other.target_)),
      partial_(std::exchange(other.partial_, {})),
      kind_(other.kind_) {}

PartialFile::~PartialFile() {
  std::error_code ignored;  // a destructor cannot report it
  if (!partial_.empty()) fs::remove_all(partial_, ignored);
}

std::string PartialFile::path() const {
  return (kind_ == Kind::kFile ? partial_ : partial_ / target_.filename()).string();
}

base::Result<void> PartialFile::move(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (!error) return {};
  return base::io_error(error.value(), "cannot rename the finished file", to.string());
}

base::Result<void> PartialFile::commit() {
  if (kind_ == Kind::kFile) {
    TRY_DO(move(partial_, target_));
    partial_.clear();
    return {};
  }
  std::error_code error;
  std::vector<fs::path> files;
  for (fs::directory_iterator entry(partial_, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    if (entry->path() != path()) files.push_back(entry->path());
  }
  files.emplace_back(path());
  for (const fs::path& file : files) TRY_DO(move(file, target_.parent_path() / file.filename()));
  fs::remove(partial_, error);
  partial_.clear();
  return {};
}

int64_t PartialFile::bytes() const {
  std::error_code error;
  if (kind_ == Kind::kFile) {
    const auto bytes = fs::file_size(partial_, error);
    return error ? 0 : static_cast<int64_t>(bytes);
  }
  int64_t sum = 0;
  for (fs::directory_iterator entry(partial_, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    std::error_code unreadable;
    const auto bytes = fs::file_size(entry->path(), unreadable);
    if (!unreadable) sum += static_cast<int64_t>(bytes);
  }
  return sum;
}

bool is_special_file(const std::string& path) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  return fs::exists(status) && !fs::is_regular_file(status) && !fs::is_directory(status);
}

}  // namespace layercast::media
