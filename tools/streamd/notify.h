#pragma once

#include <string_view>

namespace layercast::tools {

/// Tells systemd how the service does, where it runs under it; does nothing elsewhere.
/// Source: sd_notify(3), "Notes": one datagram to $NOTIFY_SOCKET. Thread: one at a time.
void notify_service_manager(std::string_view state);

}  // namespace layercast::tools
