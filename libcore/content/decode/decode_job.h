#pragma once

#include "sandbox/channel.h"

namespace layercast::content {

/// Prepares the process for decoding jobs: libvips, the default fonts. The fonts become known files
/// (sandbox/known_files.h).
void prepare_decode_jobs();

/// Answers the requests of a HelperDecoder until the other end of the channel is gone. Runs in a
/// confined process after prepare_decode_jobs().
void run_decode_job(sandbox::Channel channel);

}  // namespace layercast::content
