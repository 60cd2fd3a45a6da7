#pragma once

namespace layercast::tools {

/// Makes the first SIGINT or SIGTERM set a flag and the second one end the process. A write to a
/// closed pipe then fails instead of ending the process.
void watch_signals();

/// Whether SIGINT or SIGTERM was received. Thread: any.
bool interrupted();

}  // namespace layercast::tools
