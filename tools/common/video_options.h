#pragma once

#include "base/error.h"
#include "media/out/settings.h"
#include "tools/common/option_table.h"

#include <string>

namespace layercast::tools {

/// The options of all tools that encode video.
OptionGroup video_options();

/// A given option that applies only to encoding, or empty.
std::string given_video_option(const Arguments& arguments);

/// The encoder settings of the options, except size and rate. Errors: kInvalidInput, naming the
/// option.
base::Result<media::VideoSettings> video_settings(const Arguments& arguments);
base::Result<media::AudioSettings> audio_settings(const Arguments& arguments);

/// The libav name of the output `name`: `-` becomes standard output.
/// Errors: kInvalidInput when that is a terminal.
base::Result<std::string> encoding_output(const std::string& name);

}  // namespace layercast::tools
