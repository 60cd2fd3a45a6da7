#include "sandbox/descriptor.h"

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace layercast::sandbox {

Descriptor open_regular_file(const std::string& path) {
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status {};
  if (!file.is_open() || ::fstat(file.number(), &status) != 0) return {};
  if (S_ISREG(status.st_mode)) return file;
  file.reset();
  errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
  return {};
}

}  // namespace layercast::sandbox
