#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace layercast::tools {

/// Replaces the content of a file atomically: readers see the old or the new content. The file
/// keeps its mode; a symbolic link keeps its target, whose content changes. Errors: kIo.
base::Result<void> write_whole_file(const std::string& path, std::string_view content);

/// Writes to standard output. Errors: kIo, kBrokenPipe.
base::Result<void> write_stdout(std::string_view content);

}  // namespace layercast::tools
