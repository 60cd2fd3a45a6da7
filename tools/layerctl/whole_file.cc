#include "tools/layerctl/whole_file.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace layercast::tools {
namespace {

namespace fs = std::filesystem;

// The mode of the existing file, or the default mode of a new one.
mode_t mode_of(const std::string& path) {
  struct stat status {};
  constexpr mode_t kPermissions = 07777;
  if (stat(path.c_str(), &status) == 0) return status.st_mode & kPermissions;
  const mode_t mask = umask(0);
  umask(mask);
  constexpr mode_t kNewFile = 0666;
  return kNewFile & ~mask;
}

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    content.remove_prefix(static_cast<size_t>(written));
  }
  return true;
}

}  // namespace

base::Result<void> write_whole_file(const std::string& path, std::string_view content) {
  std::error_code ignored;
  const fs::path real = fs::weakly_canonical(path, ignored);
  const std::string target = real.empty() ? path : real.string();
  std::string temporary =
      (fs::path(target).parent_path() / ("." + fs::path(target).filename().string() + ".XXXXXX"))
          .string();
  const auto failed = [&] { return base::io_error(errno, "cannot write", path); };
  const int descriptor = mkstemp(temporary.data());
  if (descriptor < 0) return failed();
  bool is_written = fchmod(descriptor, mode_of(target)) == 0 && write_all(descriptor, content) &&
                    fsync(descriptor) == 0;
  is_written = close(descriptor) == 0 && is_written;
  if (!is_written || std::rename(temporary.c_str(), target.c_str()) != 0) {
    auto error = failed();
    unlink(temporary.c_str());
    return error;
  }
  return {};
}

base::Result<void> write_stdout(std::string_view content) {
  if (std::fwrite(content.data(), 1, content.size(), stdout) == content.size() &&
      std::fflush(stdout) == 0) {
    return {};
  }
  return base::io_error(errno, "cannot write", "standard output");
}

}  // namespace layercast::tools
