#include "store/name_lock.h"

#include <array>
#include <cctype>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <utility>

namespace layercast::store {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr mode_t kFolderMode = 0700;
constexpr mode_t kFileMode = 0600;
constexpr int kAttempts = 5;
constexpr std::chrono::milliseconds kAttemptInterval{20};

std::string holder_of(int descriptor) {
  std::array<char, 16> text{};
  const ssize_t count = ::pread(descriptor, text.data(), text.size() - 1, 0);
  const int process = count > 0 ? std::atoi(text.data()) : 0;
  return process > 0 ? "the process " + std::to_string(process) : "another process";
}

int flock_of(int descriptor, int operation) {
  int result = 0;
  do {
    result = ::flock(descriptor, operation | LOCK_NB);
  } while (result != 0 && errno == EINTR);
  return result;
}

void sync_folder(const fs::path& folder) {
  const int descriptor =
      ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return;
  ::fsync(descriptor);  // some file systems do not support it; that is no reason to fail
  ::close(descriptor);
}

}  // namespace

Result<NameLock> NameLock::take(const std::string& path, const std::string& whose) {
  NameLock lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kFileMode));
  if (lock.descriptor_ < 0) return base::io_error(errno, "cannot open", path);
  int result = flock_of(lock.descriptor_, LOCK_EX);
  // is_held() in another process may hold the lock for a moment.
  for (int i = 0; i < kAttempts && result != 0 && errno == EWOULDBLOCK; ++i) {
    std::this_thread::sleep_for(kAttemptInterval);
    result = flock_of(lock.descriptor_, LOCK_EX);
  }
  if (result != 0 && errno == EWOULDBLOCK) {
    return base::conflict(whose + " is in use by " + holder_of(lock.descriptor_) +
                              "; stop that process, or mirror the scene with --follow",
                          path);
  }
  if (result != 0) return base::io_error(errno, "cannot lock", path);
  const std::string process = std::to_string(::getpid()) + "\n";
  // The lock works without the process id: on a full disk, only a message lacks it.
  const bool is_written = ::ftruncate(lock.descriptor_, 0) == 0 &&
                          ::pwrite(lock.descriptor_, process.data(), process.size(), 0) > 0;
  static_cast<void>(is_written);
  return lock;
}

bool NameLock::is_held(const std::string& path) {
  const NameLock lock(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return lock.descriptor_ >= 0 && flock_of(lock.descriptor_, LOCK_SH) != 0 && errno == EWOULDBLOCK;
}

NameLock::NameLock(NameLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

NameLock& NameLock::operator=(NameLock&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

NameLock::~NameLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

std::string file_name_part(std::string_view name) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string part;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 128 &&
        (std::isalnum(byte) != 0 || c == '_' || c == '-' || (c == '.' && !part.empty()))) {
      part += c;
    } else {
      part += '%';
      part += kDigits[byte / 16];
      part += kDigits[byte % 16];
    }
  }
  return part;
}

Result<void> make_private_folder(const std::string& folder) {
  const fs::path path = fs::path(folder.empty() ? "." : folder).lexically_normal();
  fs::path made;
  for (const fs::path& part : path) {
    const fs::path parent = made;
    made /= part;
    if (::mkdir(made.c_str(), kFolderMode) == 0) {
      sync_folder(parent);
      continue;
    }
    // For an existing folder, mkdir() may fail with EACCES or EROFS instead of EEXIST.
    const int error_number = errno;
    std::error_code error;
    if (fs::is_directory(made, error)) continue;
    return base::io_error(error_number == EEXIST ? ENOTDIR : error_number,
                          "cannot create the folder", made.string());
  }
  return {};
}

Result<void> make_private_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kFileMode);
  if (descriptor < 0 && errno == EEXIST) return {};
  if (descriptor < 0) return base::io_error(errno, "cannot create", path);
  ::fsync(descriptor);
  ::close(descriptor);
  sync_folder(fs::path(path).parent_path());
  return {};
}

Result<void> write_private_file(const std::string& path, std::string_view text) {
  TRY_DO(make_private_file(path));
  const int descriptor = ::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  if (descriptor < 0) return base::io_error(errno, "cannot open", path);
  int error_number = 0;
  while (!text.empty() && error_number == 0) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count > 0) text.remove_prefix(static_cast<size_t>(count));
    if (count < 0 && errno != EINTR) error_number = errno;
  }
  // Some file systems do not support fsync(); that is no reason to fail.
  const bool is_lost = error_number == 0 && ::fsync(descriptor) != 0 && errno != EINVAL &&
                       errno != ENOTSUP && errno != ENOSYS;
  if (is_lost) error_number = errno;
  ::close(descriptor);
  sync_folder(fs::path(path).parent_path());
  if (error_number != 0) return base::io_error(error_number, "cannot write", path);
  return {};
}

}  // namespace layercast::store
