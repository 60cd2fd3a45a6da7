#pragma once

#include "base/error.h"

#include <cstdint>
#include <string>

namespace layercast::content {

/// Reads the regular file at `path`. FIFOs and devices are refused, because reading them could
/// block.
/// Errors: `where` is the path: kNotFound, kIo; kInvalidInput when it is empty or not a regular
/// file; kLimit above `bytes_max`. Thread: any.
base::Result<std::string> read_file(const std::string& path, int64_t bytes_max);

/// Succeeds when `path` is a regular file. Errors: as read_file().
base::Result<void> check_is_file(const std::string& path);

/// The kLimit error for a file of more than `bytes_max` bytes.
base::Error file_too_large(int64_t bytes_max, const std::string& path);

}  // namespace layercast::content
