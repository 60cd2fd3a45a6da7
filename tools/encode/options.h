#pragma once

#include "tools/common/option_table.h"

namespace layercast::tools {

/// The command line of encode.
const OptionTable& encode_options();

}  // namespace layercast::tools
