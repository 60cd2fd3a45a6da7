#pragma once

namespace layercast::tools {

/// From now on SIGINT and SIGTERM only set a flag, a second one ends the process as usual, and a
/// write to a closed pipe fails instead of ending it.
void watch_signals();

/// Whether SIGINT or SIGTERM has come. Thread: any.
bool interrupted();

}  // namespace layercast::tools
