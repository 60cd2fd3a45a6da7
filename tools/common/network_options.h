#pragma once

#include "base/error.h"
#include "scene/wire/value.h"
#include "tools/common/option_table.h"

namespace layercast::tools {

/// The options for connections that a scene or an output opens.
OptionGroup network_options();

/// Applies the network options to the process. Call it before anything connects.
/// Errors: kInvalidInput, naming the option; kIo for an unreadable file.
base::Result<void> apply_network_options(const Arguments& arguments);

}  // namespace layercast::tools
