#pragma once

#include "tools/common/option_table.h"

namespace layercast::tools {

/// The command line of render-frames.
const OptionTable& render_frames_options();

}  // namespace layercast::tools
