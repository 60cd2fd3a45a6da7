#pragma once

#include "sandbox/channel.h"

namespace layercast::media {

/// Prepares the process for decoding jobs.
void prepare_media_jobs();

/// Answers the requests of HelperMedia until the other end of the channel is gone. Runs in a
/// confined process after prepare_media_jobs().
void run_media_job(sandbox::Channel channel);

}  // namespace layercast::media
