#pragma once

#include "tools/common/option_table.h"

namespace layercast::tools {

/// render-frames' command line.
const OptionTable& render_frames_options();

}  // namespace layercast::tools
