#pragma once

#include "base/error.h"
#include "media/settings.h"
#include "tools/common/option_table.h"

#include <string>

namespace layercast::tools {

/// The options of every tool that encodes.
OptionGroup video_options();

/// The name of a given option that only makes sense when something is encoded, or empty.
std::string given_video_option(const Arguments& arguments);

/// What the options ask for; size and rate are left to the caller.
/// Errors: kInvalidInput naming the option.
base::Result<media::VideoSettings> video_settings(const Arguments& arguments);
base::Result<media::AudioSettings> audio_settings(const Arguments& arguments);

/// What an encoding calls the output that users call `name`: `-` is standard output.
/// Errors: kInvalidInput when that is a terminal.
base::Result<std::string> encoding_output(const std::string& name);

}  // namespace layercast::tools
