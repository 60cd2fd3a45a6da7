#pragma once

#include "base/error.h"

#include <string>
#include <string_view>

namespace layercast::tools {

/// The file holds `content`, or is as it was: nobody ever sees a part of it. One that is there
/// keeps its mode, and a symbolic link goes on pointing at it. Errors: kIo.
base::Result<void> write_whole_file(const std::string& path, std::string_view content);

/// Writes to standard output. Errors: kIo, kBrokenPipe.
base::Result<void> write_stdout(std::string_view content);

}  // namespace layercast::tools
