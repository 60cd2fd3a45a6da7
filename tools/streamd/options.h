#pragma once

#include "tools/common/option_table.h"

namespace layercast::tools {

/// The command line of streamd.
const OptionTable& streamd_options();

}  // namespace layercast::tools
