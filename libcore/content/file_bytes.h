#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>

namespace layercast::content {

/// All bytes of the regular file at `path`. Waits for no other end: a FIFO is refused.
/// Errors: `where` is the path: kNotFound, kIo; kInvalidInput for what is no file, or an empty one;
/// kLimit above `bytes_max`. Thread: any.
base::Result<std::string> read_file(const std::string& path, int64_t bytes_max);

/// Succeeds when `path` is a regular file. Errors: as read_file().
base::Result<void> check_is_file(const std::string& path);

/// kLimit: a file with more than `bytes_max` bytes.
base::Error file_too_large(int64_t bytes_max, const std::string& path);

}  // namespace layercast::content
