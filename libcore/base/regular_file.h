#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace layercast::base {

/// Succeeds when `path` is a regular file or a link to one. Call it before opening a file, because
/// opening a FIFO waits for its other end. `folder_message`: the message of the error for a folder.
/// Errors: `where` is the path: kNotFound; kInvalidInput when it is anything else; kIo when the
/// system does not say. Thread: any.
Result<void> check_regular_file(const std::string& path, std::string_view folder_message);

}  // namespace layercast::base
