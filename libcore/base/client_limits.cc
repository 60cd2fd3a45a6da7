#include "base/client_limits.h"

#include "base/redaction.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <linux/openat2.h>
#include <mutex>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace layercast::base {
namespace {

namespace fs = std::filesystem;

constexpr int kReading = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

struct Limits {
  std::mutex mutex;
  std::shared_ptr<const ClientLimits> present;
};

// Never destroyed, because detached threads may outlive static objects.
Limits& limits() {
  static auto* const all = new Limits;
  return *all;
}

std::shared_ptr<const ClientLimits> present_limits() {
  Limits& all = limits();
  const std::lock_guard lock(all.mutex);
  return all.present;
}

bool begins_with(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
         folder.end();
}

// Whether a path leads into the folder, perhaps out of it again: what comes then can be changed by
// those who write there.
bool leads_into(const fs::path& path, const fs::path& folder) {
  if (begins_with(path, folder.lexically_normal())) return true;
  std::error_code error;
  const fs::path real_folder = fs::canonical(folder, error);
  if (error) return false;
  fs::path way;
  for (const fs::path& part : path) {
    way /= part;
    const fs::path real_way = fs::canonical(way, error);
    if (error) return false;
    if (begins_with(real_way, real_folder)) return true;
  }
  return false;
}

Error outside(const std::string& path) {
  return {ErrorCode::kForbidden,
          "the file leads out of the assets folder; a network client may name only files within it",
          path, nullptr};
}

// Opens the file at the real path `inner`, relative to `folder`. No part of it is a link now.
int open_real(const fs::path& folder, const fs::path& inner) {
  const OpenFile base(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (base.descriptor() < 0) return -1;
  open_how how{};
  how.flags = static_cast<uint64_t>(kReading);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
  const long opened = ::syscall(SYS_openat2, base.descriptor(), inner.c_str(), &how, sizeof how);
  return static_cast<int>(opened);
}

// For a system without openat2(): the real path of the open file decides.
int open_and_look(const fs::path& folder, const fs::path& inner) {
  OpenFile file(::open((folder / inner).c_str(), kReading | O_NOFOLLOW));
  if (file.descriptor() < 0) return -1;
  std::error_code error;
  const fs::path real =
      fs::read_symlink("/proc/self/fd/" + std::to_string(file.descriptor()), error);
  if (!error && begins_with(real, folder)) return file.release();
  errno = EXDEV;
  return -1;
}

Result<OpenFile> open_inside(const std::string& path, const ClientLimits& limits) {
  std::error_code error;
  const fs::path folder = fs::canonical(limits.assets_folder, error);
  if (error) return io_error(error.value(), "cannot open the assets folder", path);
  const fs::path real = fs::canonical(path, error);
  if (error) return io_error(error.value(), "cannot open", path);
  if (!begins_with(real, folder)) return outside(path);
  const fs::path inner = real.lexically_relative(folder);
  int opened = open_real(folder, inner);
  if (opened < 0 && (errno == ENOSYS || errno == EPERM)) opened = open_and_look(folder, inner);
  if (opened >= 0) return OpenFile(opened);
  if (errno == ELOOP || errno == EXDEV) return outside(path);
  return io_error(errno, "cannot open", path);
}

}  // namespace

void set_client_limits(std::shared_ptr<const ClientLimits> limits) {
  Limits& all = base::limits();
  const std::lock_guard lock(all.mutex);
  all.present = std::move(limits);
}

std::shared_ptr<const ClientLimits> limits_of(const std::string& name) {
  auto present = present_limits();
  if (present == nullptr || present->authored.contains(name)) return nullptr;
  if (!is_url(name) && !leads_into(name, present->assets_folder)) return nullptr;
  return present;
}

OpenFile::~OpenFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

OpenFile::OpenFile(OpenFile&& other) noexcept : descriptor_(other.release()) {}

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

int OpenFile::release() { return std::exchange(descriptor_, -1); }

Result<OpenFile> open_file(const std::string& path, const std::string& name) {
  if (const auto limits = limits_of(name)) return open_inside(path, *limits);
  const int opened = ::open(path.c_str(), kReading);
  if (opened < 0) return io_error(errno, "cannot open", path);
  return OpenFile(opened);
}

Result<OpenFile> open_file(const std::string& path) { return open_file(path, path); }

Result<void> check_place(const std::string& path, const std::string& name) {
  const auto limits = limits_of(name);
  if (limits == nullptr || is_inside(path, limits->assets_folder)) return {};
  return outside(path);
}

Result<void> check_place(const std::string& path) { return check_place(path, path); }

bool is_inside(const std::string& path, const std::string& folder) {
  std::error_code error;
  const fs::path real_folder = fs::canonical(folder, error);
  if (error) return false;
  const fs::path real = fs::weakly_canonical(path, error);
  return !error && begins_with(real, real_folder);
}

}  // namespace layercast::base
