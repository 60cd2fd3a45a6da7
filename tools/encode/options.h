#pragma once

#include "tools/common/option_table.h"

namespace layercast::tools {

/// encode's command line.
const OptionTable& encode_options();

}  // namespace layercast::tools
