#pragma once

#include "tools/common/option_table.h"

namespace layercast::tools {

/// The command line of layerctl.
const OptionTable& layerctl_options();

}  // namespace layercast::tools
