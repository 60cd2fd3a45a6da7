#pragma once

#include <string_view>

namespace layercast::tools {

/// Sends a state to systemd; does nothing when not started by it.
/// Source: sd_notify(3), "Notes": one datagram to $NOTIFY_SOCKET. Thread: one at a time.
void notify_service_manager(std::string_view state);

}  // namespace layercast::tools
