#pragma once

#include "sandbox/channel.h"

namespace layercast::media {

/// Initialises what jobs that read live sources share: before the jobs are forked.
void prepare_live_jobs();

/// Serves live_messages.h: connects to one live source, reads and decodes it. For
/// sandbox::serve_jobs() with Reach::kNetwork.
void run_live_job(sandbox::Channel channel);

}  // namespace layercast::media
