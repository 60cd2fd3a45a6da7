#include "base/file_identity.h"

#include <sys/stat.h>

namespace layercast::base {

std::string FileIdentity::to_string() const {
  if (!exists) return "-";
  return std::to_string(device) + ":" + std::to_string(inode) + ":" + std::to_string(bytes) + ":" +
         std::to_string(modified_nanoseconds);
}

FileIdentity identity_of_file(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return {};
  constexpr int64_t kNanosPerSecond = 1'000'000'000;
  return {static_cast<uint64_t>(status.st_dev), static_cast<uint64_t>(status.st_ino),
          int64_t{status.st_size},
          int64_t{status.st_mtim.tv_sec} * kNanosPerSecond + int64_t{status.st_mtim.tv_nsec}, true};
}

}  // namespace layercast::base
