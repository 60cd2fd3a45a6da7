#pragma once

#include "base/error.h"
#include "base/metrics.h"
#include "tools/common/log.h"
#include "tools/common/option_table.h"

namespace layercast::tools {

/// The options for how media are decoded.
OptionGroup decoding_options();

/// What the options say.
struct DecodingSettings {
  bool is_in_process = false;
  bool requires_sandbox = false;
};

/// Errors: kInvalidInput, naming the option.
base::Result<DecodingSettings> decoding_settings(const Arguments& arguments);

/// Lets this process decode images, videos, sounds and live sources in confined processes of the
/// helper programs layercast-decode and layercast-decode-media, which start with the first file or
/// source; or in this process, if the settings say so. Call it before contents are made. `log` and
/// `metrics` outlive all contents; without `metrics`, failures are not counted, and the log does
/// not tell which layers confine the processes. Errors: kNotFound without a helper program;
/// kUnsupported when a layer is missing that the settings require.
base::Result<void> apply_decoding(const DecodingSettings& settings, const Log& log,
                                  base::Metrics* metrics = nullptr);

}  // namespace layercast::tools
