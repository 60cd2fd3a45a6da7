#pragma once

#include "base/error.h"

#include <string>

namespace layercast::tools {

/// A blocking descriptor that is connected to the Unix socket at `path`. Ownership: the caller
/// closes it. Errors: kIo when no daemon answers there.
base::Result<int> connected_unix_socket(const std::string& path);

}  // namespace layercast::tools
